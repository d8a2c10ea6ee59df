"""What may stay Chinese in an English text: names of documents and places, and terms shown beside their translation."""

from __future__ import annotations

import re

NAMES = ("工信部联企业〔2011〕300号", "增量留抵税额", "寒王乡")
CHINESE = re.compile("[㐀-鿿＀-￯　-〿]+")


def chinese_in(text, *further):
    """The Chinese that is left when the names are taken out."""
    for name in sorted((*NAMES, *further), key=len, reverse=True):
        text = text.replace(name, "")
    return CHINESE.findall(text)
