"""Mails: parse what they say, to whom, and what is attached.

In come bytes; out go text and structure. Attachments are handed to the other parsers.
"""
