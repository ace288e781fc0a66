# syntax=docker/dockerfile:1

# Sluice in a container: no root, no shell between it and its signals, nothing written to its file
# system (run it with --read-only and a tmpfs at /tmp).
#
#   docker build -t sluice .
#   docker run --read-only --tmpfs /tmp -v "$PWD/compose:/etc/sluice:ro" sluice
#
# docker-compose.yml runs it with all that it works with.

FROM maven:3.9.11-eclipse-temurin-21 AS build
WORKDIR /src
COPY . .
# Tests are for `mvn verify`; here they would need what a build container has not.
RUN --mount=type=cache,target=/root/.m2 mvn -B -q -DskipTests -Dspotless.check.skip=true package

# Debian's or Ubuntu's C library, as the embedded Redis needs it.
FROM eclipse-temurin:21.0.8_9-jre-noble
COPY --from=build /src/target/lib /opt/sluice/lib
COPY --from=build /src/target/sluice.jar /opt/sluice/sluice.jar

# What containers of envoyproxy/ratelimit run: with its environment, this is that server.
COPY --chmod=755 <<'EOF' /bin/ratelimit
#!/bin/sh
exec java -XX:+UseSerialGC -Xms64m -jar /opt/sluice/sluice.jar serve "$@"
EOF

# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
# Where sluice.yaml is looked for.
WORKDIR /etc/sluice

# Gateway, HTTP for NGINX, gRPC for Envoy, metrics, and the debug pages, which only a server in the
# place of envoyproxy/ratelimit shows to others than its own host.
EXPOSE 8000 8080 8081 9090 6070

# Ready is: Redis answers, and it is not draining. In the place of envoyproxy/ratelimit, which has
# metrics only for Prometheus, what it calls healthy. The image has no curl, but a bash.
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 \
  CMD ["bash", "-c", "ask() { exec 3<>/dev/tcp/127.0.0.1/$1 && printf 'GET %s HTTP/1.0\\r\\n\\r\\n' $2 >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]; }; if (exec 3<>/dev/tcp/127.0.0.1/9090) 2>/dev/null; then ask 9090 /ready; else ask ${PORT:-8080} /healthcheck; fi"]

# It drains: running requests end within drainTimeout (30 s). Give it longer than that:
# `docker stop -t 40`, `stop_grace_period: 40s`, `terminationGracePeriodSeconds: 40`.
STOPSIGNAL SIGTERM

# The options of the launcher. More of them: JAVA_TOOL_OPTIONS, which the JVM reads itself.
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-Xms64m", "-jar", "/opt/sluice/sluice.jar"]
CMD ["serve", "--config", "/etc/sluice/sluice.yaml"]
