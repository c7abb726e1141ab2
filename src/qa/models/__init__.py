"""Turn texts into numbers with ONNX Runtime, and export models for it.

Questions and passages become unit vectors, and their words scores. Knows nothing of documents,
indexes or what an answer is.
"""
