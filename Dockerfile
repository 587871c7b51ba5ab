# Stoop alone, on a slim Debian, for a user without rights:
#   docker build -t stoop . && docker run --rm -v "$PWD:/rules:ro" stoop check .
FROM debian:12-slim AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends git
COPY . /stoop
WORKDIR /stoop
RUN scripts/package /packages

FROM debian:12-slim
COPY --from=build /packages/*.deb /tmp/
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends /tmp/stoop_*.deb tzdata \
    && rm -rf /var/lib/apt/lists/* /tmp/stoop_*.deb \
    && useradd --create-home --uid 10001 stoop
USER stoop
WORKDIR /rules
ENTRYPOINT ["stoop"]
CMD ["--help"]
