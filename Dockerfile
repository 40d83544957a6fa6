# One image for every service: `docker run IMAGE run ingest`. TypeScript runs as it is; there is no build.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY . .
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-slim
WORKDIR /app
COPY --from=dependencies --chown=node:node /app .
RUN mkdir -p .detent && chown node:node .detent
USER node
ENV NODE_ENV=production DETENT_HTTP_HOST=0.0.0.0 DETENT_HTTP_PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.DETENT_HTTP_PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--no-warnings", "services/cli/main.ts"]
