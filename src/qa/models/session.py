"""Open an ONNX file to run it on one thread.

The parts that use models run several sessions or texts side by side instead. Does not
know what the model is for.
"""

from pathlib import Path

import onnxruntime

# For a program that had loaded it before this package, and for Windows, which has its own way.
onnxruntime.disable_telemetry_events()


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """Open a model on the CPU; raises whatever ONNX Runtime raises."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # two one-thread sessions beat one of two threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
