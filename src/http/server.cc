// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include <vector>

#include "http/connection.h"

namespace farshore::http {

struct Server::State : ServerShared {
  State(Runtime ports, ServerSettings limits, Handler& service) : ServerShared(ports, limits, service), scope(ports.executor) {}
  Task<void> accept_from(Listener* listener);
  Task<void> serve(std::unique_ptr<Stream> stream);

  std::vector<std::unique_ptr<Listener>> listeners;
  TaskScope scope;
};

Task<void> Server::State::accept_from(Listener* listener) {
  using namespace std::chrono_literals;
  OpContext op;
  op.cancel = all_stop.token();
  while (!draining) {
    auto stream = co_await listener->accept(op);
    if (stream) {
      scope.spawn(serve(*std::move(stream)));
    } else if (stream.error().code() == ErrorCode::kCancelled) {
      co_return;
    } else {
      // Out of descriptors, most likely: those who finish will make room.
      runtime.log.warn("http.accept_failed", {{"error", stream.error().text()}});
      co_await sleep_for(runtime.executor, op, 100ms);
    }
  }
}

Task<void> Server::State::serve(std::unique_ptr<Stream> stream) {
  const bool room = connections < settings.connections_max && !draining;
  ++connections;
  connections_gauge.set(static_cast<double>(connections));
  {
    Connection connection(*this, std::move(stream));
    connection.append_to(open);
    if (room) {
      co_await connection.run();
    } else {
      co_await connection.turn_away();
    }
  }
  --connections;
  connections_gauge.set(static_cast<double>(connections));
  changed.notify_all();
}

Server::Server(Runtime runtime, ServerSettings settings, Handler& handler) : state_(std::make_unique<State>(runtime, settings, handler)) {}
Server::~Server() = default;

void Server::listen(std::unique_ptr<Listener> listener) {
  state_->listeners.push_back(std::move(listener));
  state_->scope.spawn(state_->accept_from(state_->listeners.back().get()));
}

void Server::serve(std::unique_ptr<Stream> stream) { state_->scope.spawn(state_->serve(std::move(stream))); }

Task<void> Server::drain(Duration grace) {
  State& state = *state_;
  state.draining = true;
  for (const auto& listener : state.listeners) listener->close();
  state.idle_stop.cancel();
  const Instant end = state.runtime.executor.now() + grace;
  while (state.connections > 0 && state.runtime.executor.now() < end) co_await state.changed.wait(end);
  state.all_stop.cancel();
  // A cut ends reads and writes that hold no token, such as those of TLS; the ring shrinks as their coroutines end.
  for (Link* link = state.open.next(); link != &state.open; link = link->next()) static_cast<Connection*>(link)->cut();
  co_await state.scope.close();
}

void Server::abandon() { state_->scope.abandon(); }

std::size_t Server::connections() const { return state_->connections; }
std::size_t Server::requests() const { return state_->requests; }

}  // namespace farshore::http
