import { describe, expect, it } from '@jest/globals';
import { UcumLhcUtils } from '@lhncbc/ucum-lhc';
import { reading } from './reading.ts';
import { sensorMetric } from './sensor-metrics.ts';
import { conversion, convert } from './units.ts';

describe('conversion', () => {
  const value = (amount: number, from: string, to: string) => {
    const way = conversion(from, to);
    return way.ok ? convert(amount, way) : way.why;
  };

  it.each([
    [32, '[degF]', 'Cel', 0],
    [212, '[degF]', 'Cel', 100],
    [-459.67, '[degF]', 'Cel', -273.15],
    [0, 'K', 'Cel', -273.15],
    [21.37, 'Cel', 'Cel', 21.37],
    [9.80665, 'm/s2', '[g]', 1],
    [0.5, '1', '%', 50],
    [3300, 'mV', 'V', 3.3],
    [1, '[psi]', 'kPa', 6.894757293],
  ])('%d %s in %s…', (amount, from, to, expected) => {
    expect(value(amount, from, to)).toBeCloseTo(expected, 8);
  });

  it('leaves no noise of the arithmetic in a value', () => {
    expect(value(32, '[degF]', 'Cel')).toBe(0);
    expect(value(41, '[degF]', 'Cel')).toBe(5);
  });

  it.each([
    ['xyzzy', 'Cel', 'not a valid UCUM code'],
    ['degF', 'Cel', 'assumed you meant .degF.'],
    ['kg', 'Cel', 'cannot be converted'],
    ['g', '[g]', 'cannot be converted'],
    ['', 'Cel', 'empty|No'],
  ])('does not take "%s" for %s', (from, to, why) => {
    expect(conversion(from, to)).toEqual({ ok: false, why: expect.stringMatching(why) });
  });

  it('does not take a scale that is not linear', () => {
    const why = expect.stringContaining('not proportional');
    expect(conversion('%[slope]', 'deg')).toEqual({ ok: false, why });
    expect(conversion('B[W]', 'W')).toEqual({ ok: false, why });
  });
});

describe('metrics', () => {
  it.each([
    'tempC',
    'humidityPct',
    'shockG',
    'lightLx',
    'doorOpen',
    'batteryV',
    'coilTempC',
    'soilPct',
    'co2Ppm',
    'pressureKpa',
    'drawnKwh',
    'speedKmh',
    'drivenKm',
    'loadKg',
    'gapMm',
    'beltMs',
    'noiseDb',
    'glareLx',
    'headingDeg',
    'slipRatio',
    'bootCount',
    'cellV',
    'motorA',
    'motorW',
    'tankL',
  ])('%s is measured in a unit that UCUM has', (metric) => {
    const unit = sensorMetric(metric)?.unit ?? '';
    expect(UcumLhcUtils.getInstance().convertUnitTo(unit, 1, unit)).toMatchObject({ status: 'succeeded', msg: [] });
    expect(reading({ metric, value: 1, unit })).toMatchObject({ ok: true });
  });

  it('a new metric is converted by the ending of its name', () => {
    expect(reading({ metric: 'coilTempC', value: 14, unit: '[degF]' })).toEqual({ ok: true, value: -10 });
    expect(reading({ metric: 'co2Ppm', value: 0.0004, unit: '1' })).toEqual({ ok: true, value: 400 });
  });

  it.each(['HTML', 'warmth', 'V', ''])('"%s" does not say its unit', (metric) => {
    expect(reading({ metric, value: 1, unit: '1' })).toMatchObject({ ok: false, code: 'BAD_UNIT' });
  });

  it('a door is neither 2 nor half a percent open', () => {
    expect(reading({ metric: 'doorOpen', value: 2, unit: '1' })).toMatchObject({ code: 'IMPOSSIBLE_VALUE' });
    expect(reading({ metric: 'humidityPct', value: 111, unit: '%' })).toMatchObject({ code: 'IMPOSSIBLE_VALUE' });
  });
});
