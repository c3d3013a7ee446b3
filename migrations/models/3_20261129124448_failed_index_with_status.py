from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

UPGRADE = {
    "sqlite": """
DROP INDEX "idx_request_log_failed";
CREATE INDEX "idx_request_log_failed" ON "request_log" ("workspace_id", "id", "status_code") WHERE status_code >= 400;
""",
    "postgres": """
DROP INDEX "idx_request_log_failed";
CREATE INDEX "idx_request_log_failed" ON "request_log" ("workspace_id", "id", "status_code") WHERE status_code >= 400;
""",
}

DOWNGRADE = {
    "sqlite": """
DROP INDEX "idx_request_log_failed";
CREATE INDEX "idx_request_log_failed" ON "request_log" ("workspace_id", "id") WHERE status_code >= 400;
""",
    "postgres": """
DROP INDEX "idx_request_log_failed";
CREATE INDEX "idx_request_log_failed" ON "request_log" ("workspace_id", "id") WHERE status_code >= 400;
""",
}


async def upgrade(db: BaseDBAsyncClient) -> str:
    return UPGRADE[db.capabilities.dialect]


async def downgrade(db: BaseDBAsyncClient) -> str:
    return DOWNGRADE[db.capabilities.dialect]


MODELS_STATE = (
    "eJztXW1z4jgS/isqvuxsFZtKCJBM7m6rSDY3w10SUglzc7ubKY+CFVDFSF5LDqHm5r+fJB"
    "vjV8AeA4boSwCpW3aeltvdrUf2t9qYmshiBx0b/xtNa2fgW43AMRJfYj11UIO2PW+XDRw+"
    "WkoU2th49oUeGXfggIvmJ2gxJJpMxAYOtjmmRAp3gBAFX+1n48FtHDbaX+uAceogE0AGRp"
    "CNACQmsB30hF8P5JAmHYgxMRkW0nYJ/stFBqdDxEfIEWP8+UU0Y2KiV8RmP8V4TxhZZgQB"
    "bMoBVLvBp7Zq+/Sp+9s/laQ8s0djQC13TObS9pSPKAnEXRebB1JH9g0RQQ7kyAyBQ1zL8m"
    "GcNXlnLBq446LgVM15g4meoGtJiGt/f3LJQCIL1JHkn+av/qmFxAzjptc37i/7hlFLWESe"
    "Qgxmv2lAibQmJlwC9e27N+4cENVakwe4+Ni5e3fc/llBQBkfOqpTwVX7rhQhh56qAn2O8o"
    "Q6z8yGA2TkwzuuVybys4YF0M9QqxjOc1zVZwLPixF00vGcycdwFCdWDoJzd7ABCGtj+GpY"
    "iAz5SPw8OjxcgOl/OncKViGlcKXCf3l+7cbvanh9UXyFHzKkw8mDcVinHJyX+4iNodxurg"
    "Byu5mJseyKQuy58TwAzzX2cRq3V5nF7exJ3I4DjF5tLDyIAXkS5N8ETByPUTrQUc0Y2Kav"
    "ejD7sgL0/rytCvILkO53ry/v+53rWzn8mLG/LAVXp38pexqqdRprfRe3SjAI+NztfwTyJ/"
    "ijd3MZd+yBXP+Pmjwn6HJqEDoxoBnGZNY8a4pY2UEv9BmZBawc1dRWrrKVLci44bJCdo7r"
    "aktX2dIDB0ncC9g5qlmClat2w9x1M8tc9Ok5lCfJhkc4eJ5AxzQSPbRBs2STXePGON4CCR"
    "wqI0k05Xn6Sf+tQ1+wiZyMmkC4u76oMGD7gnmqA2KOmohwDC0wwVzk8yKbx9TBfHoA+iME"
    "GBISHGAmvkFLJv4i4X+krvjLKeAj0eHQSVrloMSRl1cV/kwmqP7Bal90xUFXHHbGb+YoOc"
    "wu9/SM7ZK4YwVsVxwakgFKyd7m+lXO32q928ubTvcMeJ8PpHPT/3jXu+1enIHg6wP50Ot9"
    "uLo8A97nA7nofby8E7+9zwdy3b3v33WuzoD/RUh8uu/3roWE+oy7sO3kiAJbZOXJwQOFKp"
    "uwSpWkR8iQ4Tq5QA7rFMK5YvF5FObWSjC3FsDcSsLs3d4N796exPocE+hM09FOqMYgf5xy"
    "xHZwci8A+fyqdx6JlAW0592bzt3v7647//05Ei5f9W4+zOTDt4jz3/uXnbSyqTh+7rKpr7"
    "OPTqV0nx2EmgmQu4RnVU7nKjGMfeR3DeOhPIlfGkfNk+bpcbt5KkTUiQYtJwtg797047VS"
    "Iv/RNMdBqYUgyaiTzrXiPkOorQvWWdi+YZfR611FXMZ5tx+bs5+uzy/FXFZTWQhhjtLBVr"
    "mkMYZ2Eu5/3fdu0rGOKMWLG3jAwf+Ahdna5nIoNXp0scUxYQfyeNvIjiRIEVPMvEXgvENG"
    "uUhx3XKA85hR/H/AUDjn8d8Jxf2LWBorRSyNBRFLIxmxyCIcdTnLcxGEdX7oGqgY3Jue7K"
    "okDjlHY5sXrahH1XVRvWrV1oS9keNQp6i1w8ra1jtia8Yhd1McbGacnKpbKGCumIHLjpdD"
    "QI0RY3CYi42Urr1/ccPR4aoVpYUlpUTooNcI34Qnc22zoJmjmtrMlTNzRZaC75CwJuNXdF"
    "hLWQkO9dYXLQQ7npxh+YKrrAPTsW0h+fsA3FrCrACbrA4IBU/UQXhIJBOcnQFxLCFFhgAq"
    "ajin7mCEmJRz6ASMkINS14LLG/2BPJCv2PwqF44hkMtiLydgMqIMgTG2RLaFxMw0ZS8fIS"
    "CvJkCf1HcflTpgcnkZckCJ6HNM5KilZ/lLXTyAIecFPRBbmIipLjWKA4n6beFntOKq9Lfa"
    "3OyJ9UzxV4qjV1tMXSagCWaHb3X/Qpt5iZoSFoZUP5RfWjB6eHFvvUcKygzrPYy/62Ej4H"
    "l/vYBTOHETLTmYUHg1Qhed8QSxX4ZMPQHwWS5JgtABwK//AM3Dw9p3TVbQZIWdubPnICtE"
    "L99VYY1qaVBjoPouR8SVuYvEKap7uNa3ljpxbqw1wjkR3jqzaTNFjDdFbApHUwmzZtb/Yl"
    "p6qTyl9CfGRnCcBHXhSvlcaYML5Vvi1pS3UI6J7XKR8T0jklLFPsfDzIkc19ynmfy+0Tg+"
    "PmkcHrdPW82Tk9bpYTClk12L5vZ594PEPGKbpBEGcDAScUtxW2QMoE1S2CTU5UWNkVDVZi"
    "hsBg9EQ8T1eKywyndPSFPXd4fV7w4Dka0ZBBJquCyV8rrAJcVV92iNc8MXgekKhMSZGuOc"
    "niimqP1QcT+Ex7IuLkZwmO/ac1sjewx9aRS1i7fCn56CZZcvoloVzqcLljDKf5JGYR6Gpm"
    "AUpmD47L9c7M2wjmYwR6KgMkidhPr7dFa1R6CgjVGKMSpCarj3Vk1rKYyGWVd9EZ2BhYSW"
    "Uhl6BAGLDn/BRK77Q+Ay5ByArtporugFyASTESIAc4CIyf4GIAHe83U8DsAYTsVMI0PkAJ"
    "dwbElBuUl9gmye5Das/3D6kXqbuOZ+YM1YmjznumZIRT9IT1Mp3wjHrqLPQtudy2gnrFyR"
    "oOOTTKEuqLinqntmIvKI9C8MP1wpKSbgXHQ5n9KyFGmwrm7xkrsIQUAROgAdawKnHkGRue"
    "MZPzEQ+EmEDhBbU6nIUuiUJQ/+AwFGFelSbyPo8Pk7OYtqYa3N1TcP14TsdopoHrfTKGaA"
    "FGVth2J2sB08KGyHFGVth2J22EVOxH5ZYPcJEftlj91kQ+yXDba+Fv9GbVCl7O83mefUsn"
    "I/r7e+PPMzA8GVis8yIXuiDkDCqYJP/QuRbk3rYEZJrgN1HLWtrHPbVdvcVOE4SIm8vWkT"
    "yGQt2UyvOJd8DLmnrjPbH+f1ERoM5+2HM4HKgIUG8XbMAbl0Np1LyaMFreoE5jvtIBhYGB"
    "H+E3sgmLyIb2I8aRQGxvAZ+Rv8MtPR5A4t8f+qKzNE9A5Y9qFNI190pbxKSWsVywXVrenm"
    "KJr7l0OyjJrBdIJpD56L1E73C0pZDM21xyQra9yNJ+YWpWaUvulDb5Va91Ypva9yffsqdX"
    "FVF1ffqB10cbUadtDF1W1bQBdXq2UPXVzdvg10cXX7Nti9bU57iv9hQfgPNfoloH9UEP0j"
    "jX4J6DcKot/Q6JeA/nFB9I81+iWg3yyIflOjXwL6rYLotzT6JaDfLoh+W6NfAvonBdE/0e"
    "iXgP5pQfRPNfoloP++IPrvNfplZFtFk90jne2Wgn/hdFfnuztMZJy9AX4xoTEqVV9ObAze"
    "F18Cw1HR/wIuYJRteBbejIb54t1tZR/A4zYORtDhntYUQQc8hoiLDoKmfJfAE5ooFfFVHk"
    "++baDuPf5/RAVgxFSb6pzMh/8vZylqOqKmI5bgXCvPn9F0RE1HrCIdUfO6NK/rbdtB87qq"
    "YQfN69q2BTSvq1r20Lyu7dtA87q2bwPN66oI/prXtU30Na9rm+hrXtc20de8rm2ir3ld20"
    "Rf87q2ib7mdW0Tfc3r2ib6mte1TfQ1r2ub6Gtel+Z1vRH8K8Prynos+fLHka/8FHJgI4dR"
    "AiYjChgeEgYwSXmeeKaYfvVIaRN8PQwmNIY41/OVAoVy+CLLUd4YW6TRWuU1bkIq++lKrc"
    "SL3NRnDnhn8vvIxln1tW2L3toWx9eGjE2o8KUjyEZ5gE4o7iHijVZrpRndWjCjW3HE9et1"
    "irho/eKV1SObzzN2bFp4M+9cGONMImJLA53P8hmzz2jK6vJdbEyRthXFHTwii5Ih4DQZ9q"
    "yqpIOgigdBdEJyv4AtrKPfwKaDnk0GPS8i28Le6yxXz/hDSjrbL8hu0qGPDn3WGvp0kIMH"
    "o7S4x+9ZGPTAucyyiCfbsCVHK9k05BVJfv7tr7pFBM8VNY6aJ83T43Yz8EBByyLHM3My2c"
    "FJprPPvp9mu/p9uKWuJauVF1UOhH3xPUR3LQGLOCJHJOWumf0m95DK5t/lvp0b5X68tf37"
    "/wHGz5o+"
)
