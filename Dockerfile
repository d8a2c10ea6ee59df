# syntax=docker/dockerfile:1

# ---- build: the locked packages and the project's own wheel -----------------------------------------------------------
FROM python:3.11-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore

# The locks alone first: this layer is rebuilt only when a pinned version changes.
COPY requirements.lock requirements-build.lock /src/
RUN python -m venv /opt/beizeng \
    && /opt/beizeng/bin/python -m pip install --require-hashes --only-binary :all: -r /src/requirements.lock \
    && python -m venv /opt/build \
    && /opt/build/bin/python -m pip install --require-hashes --only-binary :all: -r /src/requirements-build.lock

WORKDIR /src
COPY pyproject.toml README.md ./
COPY app ./app
COPY migrations ./migrations
RUN /opt/build/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
    && /opt/beizeng/bin/python -m pip install --no-deps --no-index /dist/*.whl \
    && /opt/beizeng/bin/python -m compileall -q /opt/beizeng/lib \
    && /opt/beizeng/bin/beizeng policy check

# ---- run: Python, the environment, one unprivileged user ---------------------------------------------------------------
FROM python:3.11-slim-bookworm AS run

RUN groupadd --system --gid 10001 beizeng \
    && useradd --system --uid 10001 --gid beizeng --home-dir /var/lib/beizeng --create-home --shell /usr/sbin/nologin beizeng

COPY --from=build /opt/beizeng /opt/beizeng

ENV PATH=/opt/beizeng/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    BEIZENG_DATABASE_URL=sqlite:////var/lib/beizeng/beizeng.db

WORKDIR /var/lib/beizeng
VOLUME /var/lib/beizeng
USER beizeng:beizeng
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import sys, urllib.request as r; sys.exit(r.urlopen('http://127.0.0.1:8000/healthz', timeout=2).status != 200)"]

# On SIGTERM the service answers what it has accepted and flushes its receipts within BEIZENG_SHUTDOWN_SECONDS.
STOPSIGNAL SIGTERM
ENTRYPOINT ["beizeng"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
