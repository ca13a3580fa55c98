"""A form field for several files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _


class SeveralFiles(forms.ClearableFileInput):
    """The browser's picker, for more than one file."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of uploaded files, at most ``most`` of them; what each is gets inspected when it is stored."""

    widget = SeveralFiles

    def __init__(self, *, most: int = 10, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        items = data if isinstance(data, list | tuple) else [data] if data else []
        if len(items) > self.most:
            raise forms.ValidationError(_("一次最多%(n)s个文件") % {"n": self.most})
        return [super(FilesField, self).clean(item, initial) for item in items]
