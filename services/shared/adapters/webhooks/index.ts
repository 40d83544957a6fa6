export { type Endpoint, readEndpoints } from './endpoints.ts';
export { STATUS_PATH } from './receive.ts';
export { signatureFault, signatureOf, TOLERANCE_MS, webhookHeader } from './sign.ts';
export { type RunningWebhooks, startWebhooks } from './start.ts';
