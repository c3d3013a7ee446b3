from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

UPGRADE = {
    "sqlite": """
ALTER TABLE "provider_key" ADD "timeouts" JSON;
""",
    "postgres": """
ALTER TABLE "provider_key" ADD "timeouts" JSONB;
""",
}

DOWNGRADE = {
    "sqlite": """
ALTER TABLE "provider_key" DROP COLUMN "timeouts";
""",
    "postgres": """
ALTER TABLE "provider_key" DROP COLUMN "timeouts";
""",
}


async def upgrade(db: BaseDBAsyncClient) -> str:
    return UPGRADE[db.capabilities.dialect]


async def downgrade(db: BaseDBAsyncClient) -> str:
    return DOWNGRADE[db.capabilities.dialect]


MODELS_STATE = (
    "eJztXW1z4jgS/isqvuxsFZsiJJBMdm+rSCY3w10SUgm5ud3NlEfBCqhiS15LDqHm5r+fJB"
    "vwK2CPIYboS8BSt+Q8LbW6Wy3xrWZTE1lsr+Pgf6NJ7QR8qxFoI/ElVlMHNeg483JZwOGD"
    "pUihg42ngOiBcRcOuCh+hBZDoshEbOBih2NKJHEHCFLw1Xky7r1mo9n+WgeMUxeZADIwgm"
    "wEIDGB46JH/LInmzTpQLSJybAQt0fw3x4yOB0iPkKuaOOvL6IYExO9IDZ9FO09YmSZEQSw"
    "KRtQ5QafOKrs7q774Z+KUr7ZgzGglmeTObUz4SNKZuSeh809ySPrhoggF3JkhsAhnmUFME"
    "6L/DcWBdz10OxVzXmBiR6hZ0mIa789emQgkQWqJ/nn8Pfg1UJkhnHV6xu3533DqCUkIl8h"
    "BnNQNKBEShMTLoH69t1vdw6IKq3JDs4+dW7eHbR/VhBQxoeuqlRw1b4rRsihz6pAn6M8pu"
    "4Tc+AAGfnwjvOVify0YAH0U9QqhvMcV/WZwPNsBN10PKf0MRzFi5WD4FwdbADCmg1fDAuR"
    "IR+Jx/1GYwGm/+ncKFgFlcKVCv3l67WroKrp10XxFXrIkAonD8ZhnnJwXq4jNoZy+3AFkN"
    "uHmRjLqijEvhrPA/CcYxeHcXuVUdzOHsTtOMDoxcFCgxiQJ0H+IGDi2EbpQEc5Y2CbAeve"
    "9MsK0AfjtirIL0C63708v+13Lq9l8zZjf1sKrk7/XNY0VekkVvouLpVZI+Bzt/8JyEfwZ+"
    "/qPK7YZ3T9P2vynaDHqUHo2IBmGJNp8bQoImUXPdMnZBaQcpRTS7nKUrYg44bHCsk5zqsl"
    "XWVJD1wkcS8g5yhnCVKu2oK57WKWvujjU8hPkgUPcPA0hq5pJGpok2bRJqvsph0vgQQOlZ"
    "AkmvI9A6f/2qXP2ERuRkwgXF1fFBhwAsI80QExRk1EOIYWGGMu/HnhzWPqYj7ZA/0RAgwJ"
    "Cg4wE9+gJR1/4fA/UE/85RTwkahw6TgtclBiy8ujCn8lHdSgs9oXHXHQEYet0Zs5Qg7T6Z"
    "7usZ0Tz1bAdkXXkAxQivc256+y/1brXZ9fdbonwP+8J52r/qeb3nX37ATMvt6Tj73ex4vz"
    "E+B/3pOz3qfzG/Hsf96Ty+5t/6ZzcQKCL4Li7rbfuxQU6jOuwl7HRxTYIiuPDz5jqLIIqx"
    "RJeoAMGZ6bC+QwTyGcK2afR2FurQRzawHMrSTM/vJu+Gt7EutTTKA7SUc7wRqD/GHCEdvC"
    "wb0A5NOL3mnEUhbQnnavOjd/vLvs/PfniLl80bv6OKUPLxGnf/TPO2lhU9F/7rBpwLOLSq"
    "V0nT0zNRMgdwnPipzOWWIYB8hvG8ZD+RK/NPcPjw6PD9qHx4JEveis5GgB7N2rfjxWSuQ/"
    "mqY4KLUQJBlx0jlXXGcItnXBOjXbN6wyer2LiMo47fZjY/bu8vRcjGU1lAUR5igdbOVLGj"
    "Z0knD/67Z3lY51hCke3MADDv4HLMzWNpZDrtGDhy2OCduT/b2GdyRBiohiqi1myjsklLMU"
    "1S0bOI0JJfgHDIVzHv2dYNw9i6W5ksXSXGCxNJMWiwzCUY+zPJMgzPNDc6BicG96sKuQOO"
    "Qc2Q4vGlGPsuugetWirQl5I9elblFph5m1rLdE1oxD7qUo2Ew7OZW3kMFcMQGXbS+HgLIR"
    "Y3CYKxspnXv37Ib9xqoRpYUhpYTpoPcI34Qm8xyzoJijnFrMlRNzRbaCb5CQJuMXdFhL2Q"
    "kO1dYXbQS7Pp1hBYSr7ANT27GQfN4D15YQK8AmqwNCwSN1ER4SmQnOToDoS1CRIYAqNZxT"
    "bzBCTNK5dAxGyEWpe8HltX5P7slXbH6VG8cQyG2x5yMwHlGGgI0t4W0hMTJNWctHCMjZBO"
    "ij+h6gUgdMbi9DDigRda6JXLX1LJ/U5AEMuc/onjhCRExVqVZcSNSzhZ/QirvS32pzsSf2"
    "M8VfSY5eHDF0mYBmNjoCqQcTbaolaopYCFI9KL20oPXw5t56e5qFGdbbTXDqYSPgLW1dUL"
    "wYoVlmPEIcxB1TewSf5R4k8E1YsSyYCPz+D3DYaNS+6+wEnZ2wNUt5juyE6HxdFdYolwY1"
    "BmqgcoQhmTsqnMK6g5t7awkM58ZaI5wT4VdPZdpM1OJNZTKFjJ0cAb8Yl94bT4n1ibYRtJ"
    "OgLtwanzNtcGf8lZJpytsZx8TxuHDxnhBJCVuf4mHmQI5z7tJIft9sHhwcNRsH7ePW4dFR"
    "67gxG9LJqkVj+7T7UWIekU1SCAM4GAm7pbgsMhrQIiksEurxosJIsGoxFBaDD6Ih7HpsK6"
    "zyrQlp7Hp1WH11GAhvzSCQUMNjqTmuC1RSnHWHNjU3PAlMTyAk3tSwc2qiGKPWQ8X1ELZl"
    "IFy04LJAteeWRnYbemoUlYu/pZ/ugmWHL6JcFfanC4Ywyr86o3Dihc65KJxzEaT75UrXDP"
    "PolOWIFVRGFiehwcGcVeUxY9DCKEUYFcliuPV3TWspKQzTqvqi/AUWIlqau9AjCFh0+Asm"
    "cqMfAo8hdw901clylU+ATDAeIQIwB4iY7FcACfAv1PE3/W04ESONDJELPMKxJQnlqfQxcn"
    "gymWH93ek79DYx535gz1iKPOe+ZohF35yncyffSFJdRS8/255ptBVSrojRcSddqDMq1lS1"
    "ZiYsj0j9QvPDk5RiAM5JlydQWpbKEqyrJV4mK0IwSxHaAx1rDCd+RiLz7GlC4ozgJ2E6QG"
    "xNJCNLyZ8sufEfMDCqmC71NoyOIH8nZ1AtzLW5+GZjTci+ThDNz+00igkghVnLoZgcHBcP"
    "CsshhVnLoZgctjEnYrcksP0JEbslj+3MhtgtGbz6XvwblUGVvL8P0s+pZfl+fm19uednzg"
    "hXCj5Lh+yRugAJpQru+mfC3ZrUwTQluQ5UP+ocWee6q861qcDxzCXyD6ONIZOxZDM94lxy"
    "H/IQXWd6IM6vI3TWnH8AzgTKAxYcxD8iB+TW2WROJXublaoXmB+tg2BgYUT4T+yeYPIsvo"
    "n2pFAYsOETCk70ZbqjySNZ4v9VMzOU6D3Lsg8dGvmiI+VVclqrGC6obkw3R9A8mA7JMGpG"
    "phNMu2kuEjvdLShlMDTXGZMsr3E7rsgtmppR+qEPfVRq3Uel9LnK9Z2r1MFVHVx9o3LQwd"
    "VqyEEHV19bAjq4Wi156ODq68tAB1dfXwbbd8xpR/FvFIS/odEvAf39gujva/RLQL9ZEP2m"
    "Rr8E9A8Kon+g0S8B/cOC6B9q9EtAv1UQ/ZZGvwT02wXRb2v0S0D/qCD6Rxr9EtA/Loj+sU"
    "a/BPTfF0T/vUa/DG+rqLO7r73dUvAv7O5qf3dbExmzjq8tP7a28mk14CCXUSLvzQcMDwkD"
    "mKTd259Fpo+olzbA15N4h2yIc+XhzBjKycNZjvLmsnBaq1z3I6iys3BaiQt/1GcOeKf0O5"
    "jltJYf6XYgY2MqdOkIslEeoBOMO4h4s9VaaUS3Fozolv4JqzJUtD6gv7pl83ma1J1m3swr"
    "F9o44wjZUkPnszyLIH9aqC7v7PF/zEed8QAPyKJkCDhNmj2rMmkjqOJGEB2T3Bf1hHn0TT"
    "3a6Nmk0fMsvK3g2rPVPf4Qk/b2C2Y3adNHmz5rNX06yMWDUZrdE9QsNHrgnGaZxZMt2JKt"
    "lew05BWT/ILlr7pBhFJ+tCXbOMlU9tnrabaq34UldS1erZxUORAOyHcQ3bUYLKJHjkjKqp"
    "l942+IZfN3/r7OQrkbt/t+/z956s8+"
)
