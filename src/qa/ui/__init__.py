"""The browser UI: Gradio around an `Answerer`."""
