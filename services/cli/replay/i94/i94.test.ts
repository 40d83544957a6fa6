import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { csvFile, dataFolder, ofName, realDataTitle, take } from '../testing.ts';
import { i94 } from './i94.ts';
import { weatherSeverity } from './severity.ts';

const HEADER = 'holiday,temp,rain_1h,snow_1h,clouds_all,weather_main,weather_description,date_time,traffic_volume';

async function importRows(...rows: string[]) {
  const input = i94.open([csvFile([HEADER, ...rows])], {});
  const events = await take(input.events);
  return { events, report: input.report() };
}

describe('i94', () => {
  it('reports traffic and weather of an hour, in Celsius and at the time of the place', async () => {
    const { events } = await importRows('None,288.28,0.5,0.25,40,Rain,moderate rain,2012-10-02 09:00:00,5545');
    expect(events.map((event) => event.name)).toEqual([
      'detent.sites.LaneDescribed',
      'detent.external.TrafficReported',
      'detent.external.WeatherReported',
    ]);
    expect(events[1]).toMatchObject({
      key: 'i94-west',
      eventTime: Date.parse('2012-10-02T14:00:00Z'),
      value: { volume: 5545 },
    });
    expect(events[2]).toMatchObject({ key: 'us-mn', value: { tempC: 15.13, precipitationMm: 0.75, severity: 0.25 } });
  });

  it('merges the labels of one hour: traffic once, the worst weather', async () => {
    const { events, report } = await importRows(
      'None,288,0,0,40,Mist,mist,2012-10-02 09:00:00,5545',
      'None,289,0,2.5,40,Snow,heavy snow,2012-10-02 09:00:00,5545',
      'None,288,0,0,40,Clear,sky is clear,2012-10-02 10:00:00,4000',
    );
    expect(ofName(events, 'detent.external.TrafficReported').map(({ value }) => value.volume)).toEqual([5545, 4000]);
    expect(ofName(events, 'detent.external.WeatherReported')[0]?.value).toMatchObject({
      tempC: 14.85,
      precipitationMm: 2.5,
      severity: 0.75,
    });
    expect(report.noted).toMatchObject({
      'another weather label of the same hour: merged': 1,
      'merged rows differ in temperature: the first counts': 1,
    });
  });

  it('passes values on that cannot be, so that ingest refuses them where they can be seen', async () => {
    const { events, report } = await importRows(
      'None,0.0,0,0,0,Clear,sky is clear,2014-01-31 03:00:00,361',
      'None,302,9831.3,0,75,Rain,very heavy rain,2016-07-11 17:00:00,5535',
    );
    const weather = ofName(events, 'detent.external.WeatherReported').map(({ value }) => value);
    expect(weather[0]?.tempC).toBe(-273.15);
    expect(weather[1]?.precipitationMm).toBe(9831.3);
    expect(report.noted).toMatchObject({ '0 K: passed on, for ingest to refuse': 1, 'gap of 892 days': 1 });
  });

  it('rates heavy and freezing weather above light', () => {
    expect(weatherSeverity('Snow', 'heavy snow')).toBeGreaterThan(weatherSeverity('Snow', 'snow'));
    expect(weatherSeverity('Rain', 'light rain')).toBeLessThan(weatherSeverity('Rain', 'moderate rain'));
    expect(weatherSeverity('Thunderstorm', 'thunderstorm with heavy rain')).toBeLessThanOrEqual(1);
  });
});

(dataFolder === undefined ? describe.skip : describe)(realDataTitle('i94, the whole file'), () => {
  it('has the counts of the data set', async () => {
    const input = i94.open([join(dataFolder ?? '', 'traffic_weather_i94.csv.gz')], {});
    const events = await take(input.events);
    expect(events.every((event, index) => index === 0 || event.eventTime >= (events[index - 1]?.eventTime ?? 0))).toBe(
      true,
    );
    expect(input.report().read).toBe(48_204);
    expect(ofName(events, 'detent.external.TrafficReported')).toHaveLength(48_204 - 7629);
    expect(input.report().noted).toMatchObject({
      'another weather label of the same hour: merged': 7629,
      '0 K: passed on, for ingest to refuse': 10,
      '9831.3 mm of rain in an hour: passed on, for ingest to refuse': 1,
      'gap of 307 days': 1,
    });
  }, 60_000);
});
