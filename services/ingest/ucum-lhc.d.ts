/** The part of the package that is used; it ships no types. */
declare module '@lhncbc/ucum-lhc' {
  interface Conversion {
    status: 'succeeded' | 'failed' | 'error';
    toVal: number | null;
    msg: string[];
  }
  interface Utils {
    convertUnitTo(fromUnit: string, value: number, toUnit: string): Conversion;
  }
  export const UcumLhcUtils: { getInstance(): Utils };
}
