# ruff: noqa: A005 (mirrors the house: nobody imports it by that name)
