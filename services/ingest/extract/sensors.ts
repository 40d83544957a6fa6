import { reading } from '../reading.ts';
import { type Extractors, seen } from './seen.ts';

export const sensors: Extractors = {
  'detent.sensors.SensorRead': (event) => {
    const read = reading(event);
    if (!read.ok) return [];
    const { sensorId, assetType, assetId, metric } = event;
    const isPlaced = assetType && assetId;
    return [seen(isPlaced ? assetType : 'sensor', isPlaced ? assetId : sensorId, { [metric]: read.value })];
  },
};
