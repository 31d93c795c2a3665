// SPDX-License-Identifier: Apache-2.0
#include "replication/checkpoint.h"

#include "codec/record.h"

namespace farshore::replication {

Bytes encode_checkpoint(const Checkpoint& c) {
  codec::RecordWriter out;
  out.u64(1, c.settled.get());
  out.u64(2, c.epoch);
  out.u64(3, c.store);
  out.u64(4, c.folded_there.get());
  out.u64(5, c.history_until.value);
  out.boolean(6, c.history_done);
  out.bytes(7, c.history_key);
  out.boolean(8, c.history_counted);
  out.u64(9, c.history_total);
  out.u64(10, c.history_settled);
  out.u64(11, c.effective.get());
  out.boolean(12, c.behind_gap);
  out.u64(13, c.unopened_since.get());
  out.u64(14, c.history_mark);
  return std::move(out).take();
}

Result<Checkpoint> decode_checkpoint(BytesView bytes) {
  Checkpoint c;
  codec::RecordReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1: c.settled = Sequence(in.u64()); break;
      case 2: c.epoch = in.u64(); break;
      case 3: c.store = in.u64(); break;
      case 4: c.folded_there = Sequence(in.u64()); break;
      case 5: c.history_until = HybridTime{in.u64()}; break;
      case 6: c.history_done = in.boolean(); break;
      case 7: c.history_key = in.owned(); break;
      case 8: c.history_counted = in.boolean(); break;
      case 9: c.history_total = in.u64(); break;
      case 10: c.history_settled = in.u64(); break;
      case 11: c.effective = Sequence(in.u64()); break;
      case 12: c.behind_gap = in.boolean(); break;
      case 13: c.unopened_since = Sequence(in.u64()); break;
      case 14: c.history_mark = in.u64(); break;
    }
  }
  if (!in.ok()) return Error(ErrorCode::kCorrupt, "replication checkpoint cannot be decoded");
  return c;
}

}  // namespace farshore::replication
