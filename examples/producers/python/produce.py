"""Produces one OrderPlaced with confluent-kafka. Nothing of Detent is needed but the schema, a file of its repository.

    pip install -r requirements.txt
    DETENT_KAFKA_BROKERS=127.0.0.1:9092 DETENT_REGISTRY_URL=http://127.0.0.1:8081 python produce.py
"""

import os
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient, topic_record_subject_name_strategy
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

BROKERS = os.environ.get("DETENT_KAFKA_BROKERS", "127.0.0.1:9092")
REGISTRY_URL = os.environ.get("DETENT_REGISTRY_URL", "http://127.0.0.1:8081")
TOPIC = os.environ.get("DETENT_TOPIC_PREFIX", "detent.") + "orders.v1"
RECORD_NAME = "detent.orders.OrderPlaced"
SCHEMA = Path(__file__).resolve().parents[3] / "schemas/avro/orders/OrderPlaced.avsc"
HOUR_MS = 3_600_000


def order_placed(now_ms: int) -> dict:
    return {
        # Unique per key and the same when the event is sent again: a repeat within 24 h is dropped.
        "eventId": "shop-python-1001-placed",
        "occurredAt": now_ms,
        "orderId": "python-1001",
        "customerId": "c-4711",
        "siteId": "ham",
        "lines": [
            {"lineId": "1", "skuId": "sku-00001", "quantity": 2.0, "uom": "each"},
            {"lineId": "2", "skuId": "sku-00002", "quantity": 1.0, "uom": "each"},
        ],
        "placedAt": now_ms,
        "shipBy": now_ms + 20 * HOUR_MS,
        "promisedAt": now_ms + 48 * HOUR_MS,
        "serviceLevel": "standard",
        "destination": {"country": "DE", "postcode": "20095"},
        "version": 1,
    }


def main() -> int:
    registry = SchemaRegistryClient({"url": REGISTRY_URL})
    serialize = AvroSerializer(
        registry,
        SCHEMA.read_text(encoding="utf-8"),
        # A topic carries several records, each with a subject of its own.
        conf={"subject.name.strategy": topic_record_subject_name_strategy},
    )
    # librdkafka places keys by CRC32 unless told otherwise; Detent expects murmur2, as the Java client places them.
    producer = Producer(
        {"bootstrap.servers": BROKERS, "enable.idempotence": True, "partitioner": "murmur2_random"}
    )
    order = order_placed(int(time.time() * 1000))
    occurred_at = datetime.fromtimestamp(order["occurredAt"] / 1000, timezone.utc)
    failures = []

    def on_delivery(error, message):
        if error is not None:
            failures.append(error)
        else:
            print(
                f"{RECORD_NAME} {order['orderId']} lies in {TOPIC}, "
                f"partition {message.partition()}, offset {message.offset()}"
            )

    producer.produce(
        TOPIC,
        key=order["orderId"].encode(),
        value=serialize(order, SerializationContext(TOPIC, MessageField.VALUE)),
        timestamp=order["occurredAt"],
        headers={
            "ce_id": order["eventId"],
            "ce_type": RECORD_NAME,
            "ce_source": "/example/python",
            "ce_time": occurred_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        },
        on_delivery=on_delivery,
    )
    undelivered = producer.flush(30)
    if failures or undelivered:
        print(f"not delivered: {failures or 'no answer in 30 s'}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
