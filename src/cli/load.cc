// SPDX-License-Identifier: Apache-2.0
#include "cli/load.h"

#include <fmt/format.h>

namespace farshore::cli {
namespace {

constexpr Duration kPatience = std::chrono::seconds(60);
constexpr std::uint64_t kSampleEvery = 997;  // a prime, so that no pattern of the keys is followed

StoreRequest list_request(const std::string& prefix, const std::string& after) {
  StoreRequest request;
  request.query.add("list-type", "2").add("max-keys", "1000").add("encoding-type", "url");
  if (!prefix.empty()) request.query.add("prefix", prefix);
  if (!after.empty()) request.query.add("start-after", after);
  return request;
}

}  // namespace

Buffer random_body(Random& random, std::uint64_t size) { return Buffer(random.bytes(static_cast<std::size_t>(size))); }

std::string numbered_key(std::string_view prefix, std::uint64_t number) { return fmt::format("{}{:010}", prefix, number); }

std::string Load::key_of(std::uint64_t number) const { return numbered_key(settings_.prefix, settings_.first + number); }

bool Load::more() const {
  if (result_.errors >= kErrorsMax || (settings_.count > 0 && next_ >= settings_.count)) return false;
  return end_ == kNever || runtime_.executor.now() < end_;
}

StoreRequest Load::next_request(std::uint64_t number) {
  StoreRequest request;
  if (settings_.kind == Benchmark::kPut) {
    request.method = "PUT";
    request.key = key_of(number);
    request.body = settings_.body;
    return request;
  }
  if (settings_.kind == Benchmark::kHttp) {
    request.unsigned_target = "/-/healthy";
    return request;
  }
  if (settings_.kind == Benchmark::kList) return list_request("", chosen(number));
  request.key = chosen(number);
  return request;
}

std::string Load::chosen(std::uint64_t number) const {
  // A fixed sequence would read in the order of writing; this one jumps about and is the same for every run.
  const std::uint64_t jump = number * 0x9E3779B97F4A7C15u >> 16;
  return settings_.among > 0 ? key_of(jump % settings_.among) : settings_.keys[jump % settings_.keys.size()];
}

Task<void> Load::work(std::size_t connection) {
  while (more()) {
    const std::uint64_t number = next_++;
    Instant begin = runtime_.executor.now();
    if (settings_.rate > 0) {
      begin = begin_ + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(static_cast<double>(number) / settings_.rate));
      co_await sleep_until(runtime_.executor, OpContext(), begin);
    }
    const OpContext op = OpContext().with_deadline(begin + kPatience);
    const auto reply = co_await client_.send(op, next_request(number));
    notices_.maybe([&] { return fmt::format("{} requests answered, {} failed", result_.operations, result_.errors); });
    if (reply && reply->status < 300) {
      result_.latency.add(runtime_.executor.now() - begin);
      ++result_.operations;
      result_.bytes += settings_.kind == Benchmark::kPut ? settings_.body.size() : reply->body_bytes;
      last_[connection] = number + 1;
      if (number % kSampleEvery == 0) sampled_.push_back(number);
      continue;
    }
    ++result_.errors;
    if (result_.first_error.empty()) result_.first_error = reply ? store_error_text(reply->status, reply->body) : unanswered(client_.url(), reply.error());
  }
}

Task<LoadResult> Load::run() {
  last_.assign(settings_.connections, 0);
  const Instant begin = begin_ = runtime_.executor.now();
  if (settings_.seconds > 0) end_ = begin + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(settings_.seconds));
  TaskScope scope(runtime_.executor);
  for (std::size_t i = 0; i < settings_.connections; ++i) scope.spawn(work(i));
  co_await scope.drain();
  result_.seconds = std::chrono::duration<double>(runtime_.executor.now() - begin).count();
  co_return result_;
}

std::vector<std::string> Load::tail_keys() const {
  std::vector<std::string> keys;
  for (const std::uint64_t number : sampled_) keys.push_back(key_of(number));
  for (const std::uint64_t number : last_) {
    if (number > 0) keys.push_back(key_of(number - 1));
  }
  return keys;
}

ListedKeys read_listing(std::string_view body) {
  constexpr std::string_view kOpen = "<Key>";
  constexpr std::string_view kClose = "</Key>";
  ListedKeys out;
  out.truncated = body.find("<IsTruncated>true</IsTruncated>") != std::string_view::npos;
  for (std::size_t at = body.find(kOpen); at != std::string_view::npos; at = body.find(kOpen, at)) {
    at += kOpen.size();
    const std::size_t end = body.find(kClose, at);
    if (end == std::string_view::npos) break;
    // The server percent-encodes keys as asked, so no XML escape is left in them.
    if (auto key = codec::percent_decode(body.substr(at, end - at))) out.keys.push_back(*std::move(key));
  }
  return out;
}

Task<Result<std::uint64_t>> count_keys(StoreClient* client, std::string prefix, std::string after) {
  std::uint64_t count = 0;
  while (true) {
    CO_TRY(const StoreReply reply, co_await client->must(OpContext(), list_request(prefix, after)));
    ListedKeys page = read_listing(reply.body);
    count += page.keys.size();
    if (!page.truncated || page.keys.empty()) co_return count;
    after = std::move(page.keys.back());
  }
}

Task<Result<std::vector<std::string>>> list_keys(StoreClient* client, std::string prefix, std::size_t count_max) {
  std::vector<std::string> keys;
  while (keys.size() < count_max) {
    CO_TRY(const StoreReply reply, co_await client->must(OpContext(), list_request(prefix, keys.empty() ? "" : keys.back())));
    ListedKeys page = read_listing(reply.body);
    const bool last = !page.truncated || page.keys.empty();
    for (std::string& key : page.keys) keys.push_back(std::move(key));
    if (last) break;
  }
  if (keys.size() > count_max) keys.resize(count_max);
  co_return keys;
}

}  // namespace farshore::cli
