# syntax=docker/dockerfile:1
# The image: one static binary and an empty folder for its data, nothing else.
#   docker build -t auto-order .
#   docker run --read-only --env-file bot.env -v auto-order:/data -p 127.0.0.1:8080:8080 auto-order

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# What was fetched and built stays for the next time, in caches that belong to no layer.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo rustc --release --locked --bin auto-order -- -C target-feature=+crt-static \
    && install -D -m 0755 target/release/auto-order /image/auto-order \
    && install -d -m 0700 /image/data

FROM scratch
LABEL org.opencontainers.image.title="auto-order" \
      org.opencontainers.image.description="A shop for digital goods inside Telegram" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /image/auto-order /auto-order
COPY --from=build --chown=65532:65532 /image/data /data
USER 65532:65532
WORKDIR /data
VOLUME ["/data"]
ENV DATABASE_URL=sqlite:/data/auto-order.db \
    BIND_ADDR=0.0.0.0:8080 \
    PROBE_ADDR=0.0.0.0:9090
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=2m --timeout=30s --start-period=15s --retries=3 CMD ["/auto-order", "healthcheck"]
ENTRYPOINT ["/auto-order"]
CMD ["serve"]
