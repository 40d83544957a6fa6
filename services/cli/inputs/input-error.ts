/** Thrown when an input file or its map cannot be used at all. The message says what, where and what to do. */
export class InputError extends Error {
  readonly code:
    | 'DETENT_INPUT_FILE'
    | 'DETENT_INPUT_COLUMNS'
    | 'DETENT_INPUT_MAP'
    | 'DETENT_INPUT_OPTIONS'
    | 'DETENT_INPUT_ROWS';
  readonly retriable = false;

  constructor(code: InputError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InputError';
    this.code = code;
  }
}
