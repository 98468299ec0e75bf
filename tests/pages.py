"""Pages as browsers read them: how the markup is laid out must not matter to a test."""

import re

EDGES = "a|button|dd|dt|h1|h2|h3|label|legend|li|option|p|td|th"
AFTER_OPENING = re.compile(rf"(<(?:{EDGES})\b[^>]*>)\s+")
BEFORE_CLOSING = re.compile(rf"\s+(</(?:{EDGES})>)")


def folded(html: str) -> str:
    """Fold white space to one space, and leave none at the edges of what stands alone."""
    one_line = " ".join(re.split(r"[ \t\r\n\f]+", html)).replace(" >", ">")
    return BEFORE_CLOSING.sub(r"\1", AFTER_OPENING.sub(r"\1", one_line))
