# Writes the small Parquet files that inspect's tests read. Needs: pip install pyarrow
import json
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 24
names = ["praise", "complaint", "question"]
texts = [f"message number {i} about the {'parcel' if i % 2 else 'invoice'}, café №{i}" for i in range(ROWS)]

labelled = pa.table({"text": texts, "label": pa.array([i % 3 for i in range(ROWS)], pa.int64())})
features = {"info": {"features": {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": names, "_type": "ClassLabel"}}}}
labelled = labelled.replace_schema_metadata({"huggingface": json.dumps(features)})
for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
    pq.write_table(labelled, f"labelled-{codec}.parquet", compression=codec, row_group_size=10)

turn = pa.struct([("role", pa.string()), ("content", pa.string())])
chats = [[{"role": "user", "content": text}, {"role": "assistant", "content": f"answer {i}"}] for i, text in enumerate(texts)]
pq.write_table(pa.table({"messages": pa.array(chats, pa.list_(turn))}), "chat.parquet")
