"""Networks: turn texts into numbers with ONNX Runtime, and export models for it.

In come questions and passages; out go unit vectors and the scores of spans. Knows nothing of
files, indexes or what an answer is.
"""
