"""Identifiers with their checks: a canonical text, or a clear reason why it is none."""

from __future__ import annotations

from collections.abc import Callable

from stdnum.cn import ric
from stdnum.exceptions import ValidationError


class InvalidIdentifier(ValueError):
    """A text that is not the identifier it claims to be."""

    def __init__(self, field: str, reason_zh: str, reason_en: str) -> None:
        super().__init__(f"{field}: {reason_en}")
        self.field, self.reason_zh, self.reason_en = field, reason_zh, reason_en


_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = [pow(3, i, 31) for i in range(17)]


def check_uscc(text: str) -> str:
    """Unified social credit code: 18 characters of GB 32100, weights 3^i mod 31; may start with a letter.

    >>> check_uscc(" n2330100mf0123456c ")
    'N2330100MF0123456C'
    """
    code = text.strip().upper().replace(" ", "").replace("-", "")
    if len(code) != 18:
        raise InvalidIdentifier("uscc", f"统一社会信用代码应为18位，现为{len(code)}位", f"18 characters needed, {len(code)} given")
    if bad := [c for c in code if c not in _ALPHABET]:
        raise InvalidIdentifier("uscc", f"不应出现字符“{bad[0]}”", f"character {bad[0]!r} is not allowed")
    total = sum(_ALPHABET.index(c) * w for c, w in zip(code, _WEIGHTS, strict=False))
    if _ALPHABET[(31 - total % 31) % 31] != code[17]:
        raise InvalidIdentifier("uscc", "校验码不符，请核对是否抄错", "the check character does not agree")
    return code


def check_resident_id(text: str) -> str:
    """Resident identity number: 18 characters with region, birth date and check character."""
    try:
        return str(ric.validate(text.strip()))
    except ValidationError as error:
        raise InvalidIdentifier("resident_id", "居民身份证号不正确，请核对", f"not valid: {error}") from None


def check_passport(text: str) -> str:
    """Passport or travel permit number: 6 to 11 letters and digits, at least five of them digits.

    Issuers differ and no check character is common to them, so the paper itself must be shown too.

    >>> check_passport(" ea1234567 ")
    'EA1234567'
    """
    code = text.strip().upper().replace(" ", "")
    if not 6 <= len(code) <= 11 or not code.isascii() or not code.isalnum() or sum(c.isdigit() for c in code) < 5:
        raise InvalidIdentifier("passport", "护照或通行证号码应为6至11位字母和数字，其中至少5位数字", "6 to 11 letters and digits, 5 digits")
    return code


def check_declaration_number(text: str, *, district_exists: Callable[[str], bool] = lambda code: True) -> str:
    """Customs declaration number: district(4) year(4) direction(1 import, 0 export) serial(9).

    >>> check_declaration_number("220120251000123456")
    '220120251000123456'
    """
    code = text.strip()
    if len(code) != 18 or not code.isascii() or not code.isdigit():
        raise InvalidIdentifier("declaration_number", "报关单号应为18位数字", "18 digits needed")
    if not 1990 <= int(code[4:8]) <= 2100:
        raise InvalidIdentifier("declaration_number", f"第5至8位不是年份：{code[4:8]}", f"{code[4:8]} is no year")
    if code[8] not in "01":
        raise InvalidIdentifier("declaration_number", "第9位应为1（进口）或0（出口）", "digit 9 is 1 (import) or 0 (export)")
    if not district_exists(code[:4]):
        raise InvalidIdentifier("declaration_number", f"关区代码{code[:4]}不存在", f"district {code[:4]} does not exist")
    return code


def check_commodity_code(text: str) -> str:
    """Commodity code of 4, 6, 8 or 10 digits; dots and blanks are dropped, leading zeros kept."""
    code = text.strip().replace(".", "").replace(" ", "")
    if not code.isascii() or not code.isdigit() or len(code) not in (4, 6, 8, 10):
        raise InvalidIdentifier("commodity_code", "商品编码应为4、6、8或10位数字", "4, 6, 8 or 10 digits needed")
    if not 1 <= int(code[:2]) <= 97 or code[:2] == "77":
        raise InvalidIdentifier("commodity_code", f"没有第{code[:2]}章", f"there is no chapter {code[:2]}")
    return code


def check_ciq_code(text: str) -> str:
    """Inspection code: a 10-digit commodity code and three digits."""
    code = text.strip()
    if len(code) != 13 or not code.isascii() or not code.isdigit():
        raise InvalidIdentifier("ciq_code", "检验检疫编码应为13位数字", "13 digits needed")
    return check_commodity_code(code[:10]) + code[10:]


def check_customs_registration(text: str) -> str:
    """Customs registration code of an enterprise: ten letters or digits, the first four digits."""
    code = text.strip().upper()
    if len(code) != 10 or not code.isascii() or not code.isalnum() or not code[:4].isdigit():
        raise InvalidIdentifier("customs_registration", "海关注册编码应为10位，前4位为数字", "10 characters, first 4 digits")
    return code
