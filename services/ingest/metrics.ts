/** Metrics that ingest counts, as the catalogue names them. Refusals are counted with the dead letters. */
export const ingestMetrics = {
  /** Source records: topic, result (`ok` or `duplicate`). */
  records: 'detent_ingest_records_total',
  /** Observations extracted: topic of the source. */
  observations: 'detent_ingest_observations_total',
  /** Observations where ingest runs within the segmenter: path (`direct` or `hop`). */
  fused: 'detent_fused_observations_total',
} as const;
