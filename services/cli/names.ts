/** Services in the order of the data's path. */
export const serviceNames = ['ingest', 'segmenter', 'picking', 'storage', 'routing'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Importers of `detent replay`. */
export const importerNames = ['online-retail', 'causact', 'scms', 'schenker', 'i94', 'csv'] as const;
export type ImporterName = (typeof importerNames)[number];
