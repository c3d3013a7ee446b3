# Stage 1: the dashboard, as static files.
FROM node:24-slim AS dashboard
WORKDIR /src/web
# The lock comes first: as long as it stays the same, so does this layer.
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web .
RUN npm run build

# Stage 2: a virtual environment with the locked packages, each checked by its hash, and Perpetuo itself.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /build && python -m venv /opt/perpetuo
# The locks come first: as long as they stay the same, so do these layers.
COPY requirements.lock requirements-build.lock ./
RUN /build/bin/pip install --require-hashes --requirement requirements-build.lock \
    && /opt/perpetuo/bin/pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY graphql_schema graphql_schema
COPY migrations migrations
COPY --from=dashboard /src/web/dist web/dist
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/perpetuo/bin/pip install --no-deps --no-index /wheels/*.whl \
    && /opt/perpetuo/bin/pip uninstall --yes pip

# Stage 3: what runs, and nothing else.
FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin perpetuo \
    && install --directory --owner perpetuo --group perpetuo --mode 700 /data
COPY --from=build /opt/perpetuo /opt/perpetuo
ENV PATH=/opt/perpetuo/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data
USER perpetuo
WORKDIR /data
# Holds the journal: it must outlive the container.
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health', timeout=4)"]
CMD ["perpetuo", "serve"]
