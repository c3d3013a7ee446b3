from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

UPGRADE = {
    "sqlite": """
CREATE TABLE "api_key" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "workspace_id" CHAR(36) NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "key_hash" VARCHAR(64) NOT NULL UNIQUE,
    "prefix" VARCHAR(16) NOT NULL,
    "expires_at" TIMESTAMP,
    "revoked_at" TIMESTAMP,
    "last_used_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL
);
CREATE INDEX "idx_api_key_workspa_2bb90d" ON "api_key" ("workspace_id");
CREATE TABLE "provider_key" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "workspace_id" CHAR(36) NOT NULL,
    "provider" VARCHAR(16) NOT NULL,
    "label" VARCHAR(100) NOT NULL,
    "base_url" VARCHAR(500),
    "secret_sealed" BLOB NOT NULL,
    "key_hint" VARCHAR(16) NOT NULL,
    "priority" INT NOT NULL,
    "enabled" INT NOT NULL,
    "model_map" JSON NOT NULL,
    "default_model" VARCHAR(200),
    "last_attempt_at" TIMESTAMP,
    "last_error_at" TIMESTAMP,
    "last_error_status" INT,
    "last_error_message" VARCHAR(1000),
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL
);
CREATE INDEX "idx_provider_ke_workspa_036220" ON "provider_key" ("workspace_id", "priority");
CREATE TABLE "request_log" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "workspace_id" CHAR(36) NOT NULL,
    "api_key_id" CHAR(36) NOT NULL,
    "requested_model" VARCHAR(200) NOT NULL,
    "model" VARCHAR(200) NOT NULL,
    "provider" VARCHAR(16),
    "status_code" INT NOT NULL,
    "stream" INT NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "cached_input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,
    "tokens_estimated" INT NOT NULL,
    "cost_nano_usd" BIGINT,
    "duration_ms" BIGINT NOT NULL,
    "time_to_first_token_ms" BIGINT,
    "error_code" VARCHAR(64),
    "error_message" VARCHAR(1000),
    "attempts" JSON NOT NULL,
    "notes" JSON NOT NULL
);
CREATE INDEX "idx_request_log_workspa_adfc13" ON "request_log" ("workspace_id", "id");
CREATE INDEX "idx_request_log_workspa_c2e4e4" ON "request_log" ("workspace_id", "provider", "id");
CREATE INDEX "idx_request_log_workspa_4eaeed" ON "request_log" ("workspace_id", "model", "id");
CREATE INDEX "idx_request_log_workspa_ec68fd" ON "request_log" ("workspace_id", "api_key_id", "id");
CREATE INDEX "idx_request_log_failed" ON "request_log" ("workspace_id", "id") WHERE status_code >= 400;
CREATE TABLE "session" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "user_id" CHAR(36) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL
);
CREATE INDEX "idx_session_user_id_23ddbc" ON "session" ("user_id");
CREATE INDEX "idx_session_expires_823c67" ON "session" ("expires_at");
CREATE TABLE "usage_counter" (
    "workspace_id" CHAR(36) NOT NULL PRIMARY KEY,
    "requests" BIGINT NOT NULL,
    "failed_requests" BIGINT NOT NULL,
    "priced_requests" BIGINT NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "cached_input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,
    "cost_nano_usd" BIGINT NOT NULL
);
CREATE TABLE "usage_daily" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "workspace_id" CHAR(36) NOT NULL,
    "day" DATE NOT NULL,
    "provider" VARCHAR(16) NOT NULL,
    "model" VARCHAR(200) NOT NULL,
    "api_key_id" CHAR(36) NOT NULL,
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
    CONSTRAINT "uid_usage_daily_workspa_ac01b6" UNIQUE ("workspace_id", "day", "provider", "model", "api_key_id")
);
CREATE TABLE "user" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "email" VARCHAR(254) NOT NULL UNIQUE,
    "name" VARCHAR(100) NOT NULL,
    "password_hash" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMP NOT NULL
);
CREATE TABLE "workspace" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "owner_id" CHAR(36) NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "version" BIGINT NOT NULL,
    "created_at" TIMESTAMP NOT NULL
);
CREATE INDEX "idx_workspace_owner_i_e4dc7d" ON "workspace" ("owner_id");
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSON NOT NULL
);
""",
    "postgres": """
CREATE TABLE "api_key" (
    "id" UUID NOT NULL PRIMARY KEY,
    "workspace_id" UUID NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "key_hash" VARCHAR(64) NOT NULL UNIQUE,
    "prefix" VARCHAR(16) NOT NULL,
    "expires_at" TIMESTAMPTZ,
    "revoked_at" TIMESTAMPTZ,
    "last_used_at" TIMESTAMPTZ,
    "created_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "idx_api_key_workspa_2bb90d" ON "api_key" ("workspace_id");
CREATE TABLE "provider_key" (
    "id" UUID NOT NULL PRIMARY KEY,
    "workspace_id" UUID NOT NULL,
    "provider" VARCHAR(16) NOT NULL,
    "label" VARCHAR(100) NOT NULL,
    "base_url" VARCHAR(500),
    "secret_sealed" BYTEA NOT NULL,
    "key_hint" VARCHAR(16) NOT NULL,
    "priority" INT NOT NULL,
    "enabled" BOOL NOT NULL,
    "model_map" JSONB NOT NULL,
    "default_model" VARCHAR(200),
    "last_attempt_at" TIMESTAMPTZ,
    "last_error_at" TIMESTAMPTZ,
    "last_error_status" INT,
    "last_error_message" VARCHAR(1000),
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "idx_provider_ke_workspa_036220" ON "provider_key" ("workspace_id", "priority");
CREATE TABLE "request_log" (
    "id" UUID NOT NULL PRIMARY KEY,
    "workspace_id" UUID NOT NULL,
    "api_key_id" UUID NOT NULL,
    "requested_model" VARCHAR(200) NOT NULL,
    "model" VARCHAR(200) NOT NULL,
    "provider" VARCHAR(16),
    "status_code" INT NOT NULL,
    "stream" BOOL NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "cached_input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,
    "tokens_estimated" BOOL NOT NULL,
    "cost_nano_usd" BIGINT,
    "duration_ms" BIGINT NOT NULL,
    "time_to_first_token_ms" BIGINT,
    "error_code" VARCHAR(64),
    "error_message" VARCHAR(1000),
    "attempts" JSONB NOT NULL,
    "notes" JSONB NOT NULL
);
CREATE INDEX "idx_request_log_workspa_adfc13" ON "request_log" ("workspace_id", "id");
CREATE INDEX "idx_request_log_workspa_c2e4e4" ON "request_log" ("workspace_id", "provider", "id");
CREATE INDEX "idx_request_log_workspa_4eaeed" ON "request_log" ("workspace_id", "model", "id");
CREATE INDEX "idx_request_log_workspa_ec68fd" ON "request_log" ("workspace_id", "api_key_id", "id");
CREATE INDEX "idx_request_log_failed" ON "request_log" ("workspace_id", "id") WHERE status_code >= 400;
CREATE TABLE "session" (
    "id" UUID NOT NULL PRIMARY KEY,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "idx_session_user_id_23ddbc" ON "session" ("user_id");
CREATE INDEX "idx_session_expires_823c67" ON "session" ("expires_at");
CREATE TABLE "usage_counter" (
    "workspace_id" UUID NOT NULL PRIMARY KEY,
    "requests" BIGINT NOT NULL,
    "failed_requests" BIGINT NOT NULL,
    "priced_requests" BIGINT NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "cached_input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,
    "cost_nano_usd" BIGINT NOT NULL
);
CREATE TABLE "usage_daily" (
    "id" UUID NOT NULL PRIMARY KEY,
    "workspace_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "provider" VARCHAR(16) NOT NULL,
    "model" VARCHAR(200) NOT NULL,
    "api_key_id" UUID NOT NULL,
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
    CONSTRAINT "uid_usage_daily_workspa_ac01b6" UNIQUE ("workspace_id", "day", "provider", "model", "api_key_id")
);
CREATE TABLE "user" (
    "id" UUID NOT NULL PRIMARY KEY,
    "email" VARCHAR(254) NOT NULL UNIQUE,
    "name" VARCHAR(100) NOT NULL,
    "password_hash" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL
);
CREATE TABLE "workspace" (
    "id" UUID NOT NULL PRIMARY KEY,
    "owner_id" UUID NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "version" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "idx_workspace_owner_i_e4dc7d" ON "workspace" ("owner_id");
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL
);
""",
}

DOWNGRADE = {
    "sqlite": """
DROP TABLE "api_key";
DROP TABLE "provider_key";
DROP TABLE "request_log";
DROP TABLE "session";
DROP TABLE "usage_counter";
DROP TABLE "usage_daily";
DROP TABLE "user";
DROP TABLE "workspace";
""",
    "postgres": """
DROP TABLE "api_key";
DROP TABLE "provider_key";
DROP TABLE "request_log";
DROP TABLE "session";
DROP TABLE "usage_counter";
DROP TABLE "usage_daily";
DROP TABLE "user";
DROP TABLE "workspace";
""",
}


async def upgrade(db: BaseDBAsyncClient) -> str:
    return UPGRADE[db.capabilities.dialect]


async def downgrade(db: BaseDBAsyncClient) -> str:
    return DOWNGRADE[db.capabilities.dialect]


MODELS_STATE = (
    "eJztXW1T4zgS/iuqfNnZqiwVAgkMd7dVgeFmcgeEgnBzu8uUR8QiUWFLXksmpObmv58kO4"
    "5fQ+x1gpPRFxJL3bJ5Wm71m5RvDZuayGJ7PQf/G80aJ+Bbg0AbiS+JniZoQMdZtMsGDh8s"
    "RQodbDwFRA+Mu3DERfMjtBgSTSZiIxc7HFMiiXtAkIKvzpNx77Vb7e7XJmCcusgEkIEJZB"
    "MAiQkcFz3ilz05pElHYkxMxqW4PYL/9JDB6RjxCXLFGH98Ec2YmOgFsfmlGO8RI8uMIYBN"
    "OYBqN/jMUW13d/0P/1SU8skejBG1PJssqJ0Zn1ASknseNvckj+wbI4JcyJEZAYd4lhXAOG"
    "/yn1g0cNdD4aOaiwYTPULPkhA3/v7okZFEFqg7yT+HvwaPFiEzjKvB0Lg9HxpGIyUR+QgJ"
    "mIOmESVSmphwCdS37/64C0BUa0Pe4OxT7+bdQfdnBQFlfOyqTgVX47tihBz6rAr0BcpT6j"
    "4xB46QUQzvJF+VyM8blkA/R61mOC9wVZ8pPM8m0M3Gc06fwFE8WDUILtTBBiBs2PDFsBAZ"
    "84m43G+1lmD6n96NglVQKVyp0F++XrsKutp+XxxfoYcMqXCKYBzlqQbn13XExlDuHq4Acv"
    "cwF2PZFYfYV+NFAF5w7OI07q4yi7v5k7ibBBi9OFhoEAPyNMgfBEwc2ygb6DhnAmwzYN2b"
    "f1kB+mDe1gX5JUgP+5fnt8Pe5bUc3mbsT0vB1Ruey562ap0lWt8lpRIOAj73h5+AvAS/D6"
    "7Ok4o9pBv+3pDPBD1ODUKnBjSjmMyb500xKbvomT4hs4SU45xaynWWsgUZNzxWSs5JXi3p"
    "Okt65CKJewk5xzkrkHLdFsxtF7P0RR+fIn6SbHiAo6cpdE0j1UPbNI823WW37WQLJHCshC"
    "TRlM8ZOP3XLn3GJnJzYgLR7uaywIATEBaJDog5aiLCMbTAFHPhzwtvHlMX89keGE4QYEhQ"
    "cICZ+AYt6fgLh/+BeuIvp4BPRIdLp1mRgwpHfj2q8EfaQQ1u1viiIw464rA1erNAyGH+um"
    "d7bOfEsxWwfXFrSEYow3tb8NfZf2sMrs+vev0T4H/ek97V8NPN4Lp/dgLCr/fk42Dw8eL8"
    "BPif9+Rs8On8Rlz7n/fksn87vOldnIDgi6C4ux0OLgWF+kyqsLfxEQW2yCrig4cMdRZhnS"
    "JJD5Ahw3MLgRzlKYVzzezzOMydlWDuLIG5k4bZX94Nf21PY32KCXRn2WinWBOQP8w4Yls4"
    "uZeAfHoxOI1ZygLa0/5V7+a3d5e9//4cM5cvBlcf5/TRJeL0t+F5LytsKu5fOGwa8OyiUq"
    "lcZ4emZgrkPuF5kdMFSwLjAPltw3gsH+KX9v7h0eHxQffwWJCoBw1bjpbA3r8aJmOlRP6j"
    "WYqDUgtBkhMnXXAldYZgWxesc7N9wypjMLiIqYzT/jAxZ+8uT8/FXFZTWRBhjrLBVr6kYU"
    "MnDfe/bgdX2VjHmJLBDTzi4H/AwmxtczniGj142OKYsD15v7fwjiRIMVHMtUWovCNCOctQ"
    "3XKA04RQgn/AUDgX0d8pxt2zWNorWSztJRZLO22xqLAs5BzZDi8b1Y2z68Bu3SJ+KXkj16"
    "VuWWlHmbWst0TWjEPusQK2WiZvKaOtZgKu2maLAGUjxuC4UEVMNvfurV37rVWjGkvDGqnl"
    "S+epfghN5jlmSTHHObWYayfmmqQjb5CQJuMXdNzIyEZGepvLkpGuT2dYAeEquUhqOxaS13"
    "vg2hJiBdhkTUAoeKQuwmMiq5HZCRD3ElRkDKAqT+bUG00Qk3QunYIJclFmPrK60e/JPfmK"
    "za8yeQmBTM08H4HphDIEbGwJLxSJmWnKXj5BQL5NgD6q7wEqTcBkihNyQInoc03kqvSnvF"
    "IvD2DIfUb3xBEiYqpLjeJCoq4t/IRWzIx+ayzEnsqpib+SHL04YuoyAU04OwKpBy/aXEs0"
    "FLEQpLpQemnJ6NEE03rvFLq6671NUHm/EfBeHV1QvBiRt8x4hDiIfWXeEXyWeTDgm7BiWT"
    "AR+PUf4LDVanzXGXKdId+apbxAhjz+vq4Ka5xLg5oANVA5wpAsHJnMYN3BBNNagpOFsdYI"
    "F0T4zctpNhO1+KGqaSLGToGAX4JL52czYn1ibATtNKhL07MLpg1mZ9+ooKO67CwmjseFi/"
    "eESEbY+hSPcydyknOXZvL7dvvg4KjdOugedw6PjjrHrXBKp7uWze3T/keJeUw2aSGM4Ggi"
    "7JbyssgZQIuktEiox8sKI8WqxVBaDD6IhrDrsa2wKrYmZLHr1WH11WEkvDWDQEINj2XWWS"
    "5RSUnWHUpqbvglMD2BkHhSwy6oiRKMWg+V10PYloFwMYLLAtVeWBr5Y+hXo6xc/JR+tguW"
    "H76Ic9XYny4Zwqj++IbShRe65qJ0zUVQ7pehZfLrZqM8umw2ZgVVUTZLaLA5ZFV5hAxaGJ"
    "UIoyZVDLd+1rSRUcIw72ouq19gEaJXaxcGBAGLjn/BRCb6IfAYcvdAX+1uVvUEyATTCSIA"
    "c4CIyf4GIAH+oS5+0t+GMzHTyBi5wCMcW5JQ7oyeIoenixnWfzt9jtsm3rm/kDOWIi+Y14"
    "yw6NPbdO3kD1JUV9MDuLbnNdoKKdfE6LiTLtQZFWuqWjNTlkesf6n54UlKMQEXpK8XUFqW"
    "qhJsqiVeFitCEJYI7YGeNYUzvyKRefa8IDEk+EmYDhBbM8nIMuonKx78LxgYdSyX+jGMjq"
    "B+p2BQLcq1ufhma03Ivk0Qza/tNMoJIINZy6GcHBwXj0rLIYNZy6GcHLaxJmK3JLD9BRG7"
    "JY/trIbYLRm8eS7+B5VBnby/D9LPaeT5fn5v83XPzwwJVwo+S4fskboACaUK7oZnwt2aNc"
    "G8JLkJ1H3UPrLedV/ta1OB49Al8jejTSGTsWQzO+Jc8T3kJrrefEOc30doOJy/Ac4EygMW"
    "HMTfIgdk6my2oJJ3C1vVAyy21kEwsjAi/Cd2TzB5Ft/EeFIoDNjwCQU7+nLd0fSWLPH/qj"
    "czUugdVtlHNo180ZHyOjmtdQwX1DemWyBoHrwO6TBqTqUTzDrtLBY73S0oZTC00B6TPK9x"
    "O45pLVuaUfmmD71Vat1bpfS+yvXtq9TBVR1c/UHloIOr9ZCDDq6+tQR0cLVe8tDB1beXgQ"
    "6uvr0Mtm+b047i3yoJf0ujXwH6+yXR39foV4B+uyT6bY1+BegflET/QKNfAfqHJdE/1OhX"
    "gH6nJPodjX4F6HdLot/V6FeA/lFJ9I80+hWgf1wS/WONfgXovy+J/nuNfhXeVllnd197u5"
    "XgX9rd1f7uthYy5m1fe33b2sq71YCDXEaJPDcfMDwmDGCSdW5/Hpneol7ZBF9P4R2yIS5U"
    "hxMyVFOH8zrKm6vC6axy3I+gyq/C6aQO/FGfBeCd0+9gldNafijagYxNqdClE8gmRYBOMe"
    "4g4u1OZ6UZ3Vkyozv6J6yqUNF6g/7qls3neVF3lnmz6Fxq40xjZK8aOp/lXgT500JNeWaP"
    "/2M+ao8HeEAWJWPAadrsWZVJG0E1N4LolBQ+qCfKo0/q0UbPJo2eZ+FtBceere7xR5i0t1"
    "+yukmbPtr0Wavp00MuHk2y7J6gZ6nRAxc0r1k8+YKt2FrJL0NescgvWP7qG0So5Edb8o2T"
    "XGWfv57mq/pdWFLX4tXKl6oAwgH5DqK7FoNF3JEjkrFq5p/4G2HZ/Jm/b7NQ7sbpvt//D5"
    "eCVn4="
)
