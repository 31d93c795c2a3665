// SPDX-License-Identifier: Apache-2.0
#include "sim/world/sim_stream.h"

#include <algorithm>
#include <cstring>
#include <deque>

#include <fmt/format.h>

namespace farshore::sim {

namespace {
Error closed(const char* why) { return Error(ErrorCode::kConnectionClosed, why); }
}  // namespace

class SimPipe {
 public:
  /// `way` is the index of this direction in SimLink::blocked.
  SimPipe(SimLoop& loop, std::shared_ptr<SimLink> link, std::size_t way = 0) : link(std::move(link)), readable(loop), writable(loop), loop_(loop), way_(way) {}

  void send(BytesView bytes) {
    const Instant start = std::max(loop_.now(), line_free_at_);
    line_free_at_ = start;
    if (link->bytes_per_second > 0) line_free_at_ += Duration(static_cast<std::int64_t>(bytes.size() * 1000000000.0 / static_cast<double>(link->bytes_per_second)));
    last_arrival_ = std::max(last_arrival_, line_free_at_ + link->latency + delay());
    pieces_.push_back(Piece{last_arrival_, Bytes(bytes), 0});
    in_flight += bytes.size();
    link->bytes_sent += bytes.size();
    readable.notify_all();
  }
  void end() {
    ended_at_ = std::max(std::max(loop_.now(), line_free_at_) + link->latency, last_arrival_);
    has_end_ = true;
    readable.notify_all();
  }
  void break_now() {
    broken = true;
    readable.notify_all();
    writable.notify_all();
  }
  /// Bytes into `into`; 0 if nothing has arrived yet.
  std::size_t take(std::span<char> into) {
    std::size_t taken = 0;
    if (link->read_bytes_max > 0 && into.size() > link->read_bytes_max) into = into.first(link->read_bytes_max);
    while (taken < into.size() && !pieces_.empty() && arrived(pieces_.front().at)) {
      Piece& piece = pieces_.front();
      const std::size_t count = std::min(into.size() - taken, piece.bytes.size() - piece.used);
      std::memcpy(into.data() + taken, piece.bytes.data() + piece.used, count);
      taken += count;
      piece.used += count;
      if (piece.used == piece.bytes.size()) pieces_.pop_front();
    }
    in_flight -= taken;
    if (taken > 0) writable.notify_all();
    return taken;
  }
  bool has_arrived() const { return !pieces_.empty() && arrived(pieces_.front().at); }
  bool at_end() const { return pieces_.empty() && has_end_ && arrived(ended_at_); }
  /// When it is worth looking again.
  Instant next() const {
    if (!open()) return kNever;
    if (!pieces_.empty()) return pieces_.front().at;
    return has_end_ ? ended_at_ : kNever;
  }

  std::shared_ptr<SimLink> link;
  Signal readable;
  Signal writable;
  bool broken = false;
  bool ended_by_us = false;
  std::size_t in_flight = 0;

 private:
  struct Piece {
    Instant at;
    Bytes bytes;
    std::size_t used;
  };
  bool open() const { return link->up && !link->blocked[way_]; }
  bool arrived(Instant at) const { return open() && at <= loop_.now(); }
  Duration delay() {
    const auto most = static_cast<std::uint64_t>(link->jitter.count());
    return most == 0 ? Duration() : Duration(static_cast<std::int64_t>(loop_.random().below(most)));
  }
  SimLoop& loop_;
  std::size_t way_;
  std::deque<Piece> pieces_;
  Instant line_free_at_{};
  Instant last_arrival_{};  ///< pieces of one connection keep their order
  Instant ended_at_{};
  bool has_end_ = false;
};

SimStream::SimStream(SimLoop& loop, std::shared_ptr<SimPipe> in, std::shared_ptr<SimPipe> out, NetworkAddress remote)
    : loop_(loop), in_(std::move(in)), out_(std::move(out)), remote_(std::move(remote)) {}

SimStream::~SimStream() { close(); }

Task<Result<void>> SimStream::readable(OpContext op) {
  const auto in = in_;
  while (true) {
    if (in->broken) co_return closed("the connection is cut");
    if (in->has_arrived() || in->at_end()) co_return Result<void>();
    // A look at its time is no deadline of the operation's.
    const Instant look = std::max(in->next(), loop_.now());
    const Woken woken = co_await in->readable.wait(op, look);
    if (woken == Woken::kCancelled || (woken == Woken::kDeadline && loop_.now() >= op.deadline)) co_return woken_result(woken);
  }
}

Task<Result<std::size_t>> SimStream::read(OpContext op, std::span<char> into) {
  const auto in = in_;
  while (true) {
    if (in->broken) co_return closed("the connection is cut");
    if (op.cancel.cancelled()) co_return woken_result(Woken::kCancelled).error();
    if (const std::size_t count = in->take(into)) co_return count;
    if (in->at_end()) co_return std::size_t{0};
    CO_TRY_OK(co_await readable(op));
  }
}

Task<Result<void>> SimStream::write(OpContext op, std::span<const BytesView> parts) {
  const auto out = out_;
  ++writes_;
  for (BytesView part : parts) {
    while (!part.empty()) {
      if (out->broken || out->ended_by_us) co_return closed("the connection is cut");
      const std::size_t room = out->link->bytes_in_flight_max - std::min(out->in_flight, out->link->bytes_in_flight_max);
      if (room == 0) {
        CO_TRY_OK(woken_result(co_await out->writable.wait(op)));
        continue;
      }
      out->send(part.substr(0, room));
      part.remove_prefix(std::min(room, part.size()));
    }
  }
  if (out->broken) co_return closed("the connection is cut");
  co_return Result<void>();
}

Task<Result<void>> SimStream::finish(OpContext) {
  if (out_->broken) co_return closed("the connection is cut");
  if (!out_->ended_by_us) out_->end();
  out_->ended_by_us = true;
  co_return Result<void>();
}

void SimStream::close() {
  // What was sent still arrives, then the end; what we had not read is gone, and so is what comes.
  if (!out_->ended_by_us && !out_->broken) out_->end();
  out_->ended_by_us = true;
  out_->writable.notify_all();
  in_->break_now();
}

SimStreamPair connect_pair(SimLoop& loop, std::shared_ptr<SimLink> link) {
  auto there = std::make_shared<SimPipe>(loop, link);
  auto back = std::make_shared<SimPipe>(loop, link);
  return {std::make_unique<SimStream>(loop, back, there, NetworkAddress{"192.0.2.2", 80}),
          std::make_unique<SimStream>(loop, there, back, NetworkAddress{"192.0.2.1", 40000})};
}

class SimListener : public Listener {
 public:
  SimListener(SimWires& wires, NetworkAddress local, std::optional<TlsSettings> tls) : tls_(std::move(tls)), wires_(wires), local_(std::move(local)), came_(wires.loop()) {}
  ~SimListener() override { close(); }
  Task<Result<std::unique_ptr<Stream>>> accept(OpContext op) override {
    while (waiting_.empty()) {
      if (closed_) co_return Error(ErrorCode::kCancelled, "the listener was closed");
      CO_TRY_OK(woken_result(co_await came_.wait(op)));
    }
    std::unique_ptr<Stream> stream = std::move(waiting_.front());
    waiting_.pop_front();
    co_return stream;
  }
  NetworkAddress local() const override { return local_; }
  void close() override {
    if (!closed_) wires_.listeners_.erase({local_.host, local_.port});
    forget();
  }
  /// Its host lost power.
  void forget() {
    closed_ = true;
    came_.notify_all();
  }
  void offer(std::unique_ptr<Stream> stream) {
    waiting_.push_back(std::move(stream));
    came_.notify_one();
  }
  const std::optional<TlsSettings>& tls() const { return tls_; }

 private:
  std::optional<TlsSettings> tls_;
  SimWires& wires_;
  NetworkAddress local_;
  Signal came_;
  std::deque<std::unique_ptr<Stream>> waiting_;
  bool closed_ = false;
};

std::shared_ptr<SimLink> SimWires::shared_link(const std::string& a, const std::string& b) {
  auto& slot = links_[std::minmax(a, b)];
  if (!slot) slot = std::make_shared<SimLink>();
  return slot;
}

void SimWires::set_up(const std::string& a, const std::string& b, bool up) {
  link(a, b).up = up;
  look_again();
}

void SimWires::set_one_way(const std::string& from, const std::string& to, bool blocked) {
  link(from, to).blocked[from < to ? 0 : 1] = blocked;
  look_again();
}

void SimWires::look_again() {
  for (const Connection& connection : connections_) {
    if (const auto there = connection.there.lock()) there->readable.notify_all();
    if (const auto back = connection.back.lock()) back->readable.notify_all();
  }
}

void SimWires::break_if(const std::function<bool(const Connection&)>& matches) {
  std::erase_if(connections_, [&](const Connection& connection) {
    const auto there = connection.there.lock();
    const auto back = connection.back.lock();
    if (!there && !back) return true;
    if (!matches(connection)) return false;
    if (there) there->break_now();
    if (back) back->break_now();
    return true;
  });
}

void SimWires::cut(const std::string& a, const std::string& b) {
  break_if([&](const Connection& connection) {
    return (connection.from == a && connection.to == b) || (connection.from == b && connection.to == a);
  });
}

void SimWires::cut_host(const std::string& host) {
  break_if([&](const Connection& connection) { return connection.from == host || connection.to == host; });
  forget_listeners(host);
}

void SimWires::forget_listeners(const std::string& host) {
  std::erase_if(listeners_, [&](const auto& entry) {
    if (entry.first.first != host) return false;
    entry.second->forget();
    return true;
  });
}

Result<std::unique_ptr<Listener>> SimNetwork::listen(const NetworkAddress& address, const std::optional<TlsSettings>& tls, bool) {
  NetworkAddress local{host_, address.port};
  if (local.port == 0) local.port = wires_.next_port_++;
  if (wires_.listeners_.contains({local.host, local.port})) return Error(ErrorCode::kUnreachable, "the port is in use");
  auto listener = std::make_unique<SimListener>(wires_, local, tls);
  wires_.listeners_[{local.host, local.port}] = listener.get();
  return std::unique_ptr<Listener>(std::move(listener));
}

Task<Result<std::unique_ptr<Stream>>> SimNetwork::connect(OpContext op, NetworkAddress address, std::optional<TlsSettings> tls) {
  SimLoop& loop = wires_.loop();
  const auto link = wires_.shared_link(host_, address.host);
  // One round trip; a link that is down swallows the first packet, and the caller's deadline ends the wait.
  const Instant answered = link->up && !link->blocked[0] && !link->blocked[1] ? loop.now() + 2 * link->latency : kNever;
  const Woken woken = co_await sleep_until(loop, op, answered);
  if (woken == Woken::kCancelled || (woken == Woken::kDeadline && loop.now() < answered)) co_return woken_result(woken).error();
  const auto found = wires_.listeners_.find({address.host, address.port});
  if (found == wires_.listeners_.end()) co_return Error(ErrorCode::kUnreachable, fmt::format("{}:{}: connection refused", address.host, address.port));
  SimListener& listener = *found->second;
  if (tls.has_value() && !listener.tls()) co_return Error(ErrorCode::kUnreachable, "the listener does not speak TLS");
  if (tls && !tls->expected_peer_name.empty() && tls->expected_peer_name != listener.tls()->certificate_file) {
    co_return Error(ErrorCode::kUnreachable, "the other side is not " + tls->expected_peer_name);
  }
  const std::size_t way = host_ < address.host ? 0 : 1;
  auto there = std::make_shared<SimPipe>(loop, link, way);
  auto back = std::make_shared<SimPipe>(loop, link, 1 - way);
  wires_.connections_.push_back({host_, address.host, there, back});
  auto ours = std::make_unique<SimStream>(loop, back, there, address);
  auto theirs = std::make_unique<SimStream>(loop, there, back, NetworkAddress{host_, wires_.next_port_++});
  if (tls) {
    ours->is_secure = theirs->is_secure = true;
    ours->name = listener.tls()->certificate_file;
    if (!tls->certificate_file.empty()) theirs->name = tls->certificate_file;
  }
  listener.offer(std::move(theirs));
  co_return std::unique_ptr<Stream>(std::move(ours));
}

}  // namespace farshore::sim
