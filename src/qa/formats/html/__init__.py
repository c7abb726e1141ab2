"""Web pages: parse their text and structure, without menus.

In come bytes; out go text and structure. Books and mails hand their pages over too.
"""
