export * from './config/config.ts';
export * from './http/server.ts';
export * from './logs/logger.ts';
export * from './metrics/catalogue.ts';
export * from './metrics/prometheus.ts';
export * from './sqlite/index.ts';
