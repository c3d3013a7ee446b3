from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

UPGRADE = {
    "sqlite": """
CREATE TABLE "usage_provider_daily" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "workspace_id" CHAR(36) NOT NULL,
    "day" DATE NOT NULL,
    "provider" VARCHAR(16) NOT NULL,
    "requests" BIGINT NOT NULL,
    "failed_requests" BIGINT NOT NULL,
    "priced_requests" BIGINT NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "cached_input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,
    "cost_nano_usd" BIGINT NOT NULL,
    "duration_ms" BIGINT NOT NULL,
    "duration_0" BIGINT NOT NULL,
    "duration_1" BIGINT NOT NULL,
    "duration_2" BIGINT NOT NULL,
    "duration_3" BIGINT NOT NULL,
    "duration_4" BIGINT NOT NULL,
    "duration_5" BIGINT NOT NULL,
    "duration_6" BIGINT NOT NULL,
    "duration_7" BIGINT NOT NULL,
    "duration_8" BIGINT NOT NULL,
    "duration_9" BIGINT NOT NULL,
    "duration_10" BIGINT NOT NULL,
    "duration_11" BIGINT NOT NULL,
    CONSTRAINT "uid_usage_provi_workspa_af7b87" UNIQUE ("workspace_id", "day", "provider")
);
INSERT INTO "usage_provider_daily" (
    "id", "workspace_id", "day", "provider", "requests", "failed_requests", "priced_requests", "input_tokens",
    "cached_input_tokens", "output_tokens", "cost_nano_usd", "duration_ms", "duration_0", "duration_1",
    "duration_2", "duration_3", "duration_4", "duration_5", "duration_6", "duration_7", "duration_8",
    "duration_9", "duration_10", "duration_11"
)
SELECT
    MIN("id"), "workspace_id", "day", "provider", SUM("requests"), SUM("failed_requests"),
    SUM("priced_requests"), SUM("input_tokens"), SUM("cached_input_tokens"), SUM("output_tokens"),
    SUM("cost_nano_usd"), SUM("duration_ms"), SUM("duration_0"), SUM("duration_1"), SUM("duration_2"),
    SUM("duration_3"), SUM("duration_4"), SUM("duration_5"), SUM("duration_6"), SUM("duration_7"),
    SUM("duration_8"), SUM("duration_9"), SUM("duration_10"), SUM("duration_11")
FROM "usage_daily" GROUP BY "workspace_id", "day", "provider";
""",
    "postgres": """
CREATE TABLE "usage_provider_daily" (
    "id" UUID NOT NULL PRIMARY KEY,
    "workspace_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "provider" VARCHAR(16) NOT NULL,
    "requests" BIGINT NOT NULL,
    "failed_requests" BIGINT NOT NULL,
    "priced_requests" BIGINT NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "cached_input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,
    "cost_nano_usd" BIGINT NOT NULL,
    "duration_ms" BIGINT NOT NULL,
    "duration_0" BIGINT NOT NULL,
    "duration_1" BIGINT NOT NULL,
    "duration_2" BIGINT NOT NULL,
    "duration_3" BIGINT NOT NULL,
    "duration_4" BIGINT NOT NULL,
    "duration_5" BIGINT NOT NULL,
    "duration_6" BIGINT NOT NULL,
    "duration_7" BIGINT NOT NULL,
    "duration_8" BIGINT NOT NULL,
    "duration_9" BIGINT NOT NULL,
    "duration_10" BIGINT NOT NULL,
    "duration_11" BIGINT NOT NULL,
    CONSTRAINT "uid_usage_provi_workspa_af7b87" UNIQUE ("workspace_id", "day", "provider")
);
INSERT INTO "usage_provider_daily" (
    "id", "workspace_id", "day", "provider", "requests", "failed_requests", "priced_requests", "input_tokens",
    "cached_input_tokens", "output_tokens", "cost_nano_usd", "duration_ms", "duration_0", "duration_1",
    "duration_2", "duration_3", "duration_4", "duration_5", "duration_6", "duration_7", "duration_8",
    "duration_9", "duration_10", "duration_11"
)
SELECT
    CAST(MIN(CAST("id" AS text)) AS uuid), "workspace_id", "day", "provider", SUM("requests"),
    SUM("failed_requests"), SUM("priced_requests"), SUM("input_tokens"), SUM("cached_input_tokens"),
    SUM("output_tokens"), SUM("cost_nano_usd"), SUM("duration_ms"), SUM("duration_0"), SUM("duration_1"),
    SUM("duration_2"), SUM("duration_3"), SUM("duration_4"), SUM("duration_5"), SUM("duration_6"),
    SUM("duration_7"), SUM("duration_8"), SUM("duration_9"), SUM("duration_10"), SUM("duration_11")
FROM "usage_daily" GROUP BY "workspace_id", "day", "provider";
""",
}

DOWNGRADE = {
    "sqlite": """
DROP TABLE "usage_provider_daily";
""",
    "postgres": """
DROP TABLE "usage_provider_daily";
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
    "3OyJ9UzxV4qjV1tMXSagCWaHb3X/Qpt5iZoSFoZUP5RfWjB6eHFvvUcKygzrPYy/62Ej4C"
    "0dXUi8GqGrzHiC2K87ph4RfJZrkMALYcVtwUTg13+A5uFh7btmJ2h2ws7cynOwE6LX66qw"
    "RrU0qDFQfZcjAsncVeEU1T1c3FtLYTg31hrhnAhvncq0marFm2IyhYKdHAW/mJZeG0+p9Y"
    "mxERwnQV24ND5X2uDK+JbINOWtjGNiu1ykeM+IpJStz/EwcyLHNfdpJr9vNI6PTxqHx+3T"
    "VvPkpHV6GEzpZNeiuX3e/SAxj9gmaYQBHIxE3FLcFhkDaJMUNgl1eVFjJFS1GQqbwQPREH"
    "E9Hius8t0T0tT13WH1u8NAZGsGgYQaLkvluC5wSXHVPVrU3PBFYLoCIXGmxjinJ4opaj9U"
    "3A/hsSyEixEc5rv23NbIHkNfGkXt4i3pp6dg2eWLqFaF8+mCJYzyH51RmHihOReFORc+3S"
    "8XXTOsoynLkSioDBYnof7GnFXtEShoY5RijIqwGO69VdNaCoVh1lVfxF9gIaGl3IUeQcCi"
    "w18wkQv9ELgMOQegq3aWKz4BMsFkhAjAHCBisr8BSID3QB1v0X8Mp2KmkSFygEs4tqSg3J"
    "U+QTZPkhnWfzj9DL1NXHM/sGYsTZ5zXTOkop+cp7mTb4RUV9GHn+3OZbQTVq5I0PFJplAX"
    "VNxT1T0zEXlE+heGH66UFBNwLrqcQGlZiiVYV7d4SVaEIKAIHYCONYFTj5HI3PGMkBgI/C"
    "RCB4itqVRkKfzJkgf/gQCjinSptxF0+PydnEW1sNbm6puHa0J2O0U0j9tpFDNAirK2QzE7"
    "2A4eFLZDirK2QzE77CInYr8ssPuEiP2yx26yIfbLBltfi3+jNqhS9vebzHNqWbmf11tfnv"
    "mZgeBKxWeZkD1RByDhVMGn/oVIt6Z1MKMk14E6jtpH1rntqn1tqnAcpETeZrQJZLKWbKZX"
    "nEs+htxE15ltiPP6CA2G8zbAmUBlwEKDeFvkgFw6m86l5NGCVnUC8611EAwsjAj/iT0QTF"
    "7ENzGeNAoDY/iM/B19melockuW+H/VlRkiegcs+9CmkS+6Ul6lpLWK5YLq1nRzFM39yyFZ"
    "Rs1gOsG0J81Faqf7BaUshubaY5KVNe7GI3KLUjNK3/Sht0qte6uU3le5vn2Vuriqi6tv1A"
    "66uFoNO+ji6rYtoIur1bKHLq5u3wa6uLp9G+zeNqc9xf+wIPyHGv0S0D8qiP6RRr8E9BsF"
    "0W9o9EtA/7gg+sca/RLQbxZEv6nRLwH9VkH0Wxr9EtBvF0S/rdEvAf2TguifaPRLQP+0IP"
    "qnGv0S0H9fEP33Gv0ysq2iye6RznZLwb9wuqvz3R0mMs5e+b6Y0BiVqi8nNgYviC+B4ajo"
    "fwEXMMo2PAtvRsN88e62sg/gcRsHI+hwT2uKoAMeQ8RFB0FTvjzgCU2UivgqjydfL1D3nv"
    "c/ogIwYqpNdU7m0/6XsxQ1HVHTEUtwrpXnz2g6oqYjVpGOqHldmtf1tu2geV3VsIPmdW3b"
    "AprXVS17aF7X9m2geV3bt4HmdVUEf83r2ib6mte1TfQ1r2ub6Gte1zbR17yubaKveV3bRF"
    "/zuraJvuZ1bRN9zevaJvqa17VN9DWvS/O63gj+leF1ZT2WfPnjyFd+CjmwkcMoAZMRBQwP"
    "CQOYpDxPPFNMv3qktAm+HgYTGkOc6/lKgUI5fJHlKG+MLdJorfIaNyGV/XSlVuJFbuozB7"
    "wz+X1k46z62rZFb22L42tDxiZU+NIRZKM8QCcU9xDxRqu10oxuLZjRrTji+vU6RVy0fvHK"
    "6pHN5xk7Ni28mXcujHEmEbGlgc5n+YzZZzRldfkuNqZI24riDh6RRckQcJoMe1ZV0kFQxY"
    "MgOiG5X8AW1tFvYNNBzyaDnheRbWHvdZarZ/whJZ3tF2Q36dBHhz5rDX06yMGDUVrc4/cs"
    "DHrgXGZZxJNt2JKjlWwa8ookP//2V90igueKGkfNk+bpcbsZeKCgZZHjmTmZ7OAk09ln30"
    "+zXf0+3FLXktXKiyoHwr74HqK7loBFHJEjknLXzH6Te0hl8+9y386Ncj/e2v79/4kPlRA="
)
