"""Evaluation: turn gold questions into measures with intervals, and into a calibration.

In come gold questions, a BEIR folder or a person's feedback; out go records, measures, the
differences of two runs, and a calibration of one's own.
"""
