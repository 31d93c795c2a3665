// SPDX-License-Identifier: Apache-2.0
#include "peer/directory_follower.h"

namespace farshore::peer {
namespace {
constexpr Duration kFeedWait = std::chrono::seconds(3);
constexpr Duration kPause = std::chrono::milliseconds(100);
}  // namespace

Task<void> DirectoryFollower::follow() {
  const OpContext op = OpContext().with_cancel(scope_.token());
  while (!op.cancel.cancelled()) {
    auto feed = co_await home_.directory_feed(op.with_deadline(runtime_.executor.now() + 2 * kFeedWait), directory_.sequence(), kFeedWait);
    if (feed) {
      const auto latest = feed->latest;
      Result<void> applied;
      if (!feed->changes.empty()) applied = co_await directory_.apply_feed(op, std::move(feed->changes));
      if (applied) {
        directory_.heard_from_home(latest);
        continue;
      }
      runtime_.log.error("directory.apply_failed", {{"error", applied.error().text()}, {"sequence", directory_.sequence().get()}});
    }
    if (co_await sleep_for(runtime_.executor, op, kPause) == Woken::kCancelled) co_return;
  }
}

}  // namespace farshore::peer
