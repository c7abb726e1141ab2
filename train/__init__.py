"""Train the reader: SQuAD-like questions in, an int8 ONNX model out. Needs torch."""
