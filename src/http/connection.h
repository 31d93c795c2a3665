// SPDX-License-Identifier: Apache-2.0
// Connection: one client's connection to a Server, from its first byte to its last.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "http/body_reader.h"
#include "http/server.h"

namespace farshore::http {

/// What the connections of one server share. Loop thread only.
struct ServerShared {
  ServerShared(Runtime ports, ServerSettings limits, Handler& service);
  /// The Date header's value, made once a second.
  const std::string& date();

  Runtime runtime;
  ServerSettings settings;
  Handler& handler;
  BufferPool pool;
  std::size_t connections = 0;
  std::size_t requests = 0;
  bool draining = false;
  CancelSource idle_stop;  // ends connections between requests
  CancelSource all_stop;   // ends everything
  Signal changed;          // a connection ended
  Link open;               // ring of Connections
  Gauge& connections_gauge;
  std::array<Counter*, 6> answered{};  // by status class
  std::int64_t date_second = -1;
  std::string date_text;
};

class RequestBody;

/// Runs requests one after the other. Lives in its own coroutine frame; the shared state outlives it.
class Connection : public Link {
 public:
  Connection(ServerShared& shared, std::unique_ptr<Stream> stream) : shared_(shared), stream_(std::move(stream)), input_(shared.pool) {}
  /// Serves until the connection ends. Never fails: what goes wrong ends the connection.
  Task<void> run();
  /// Answers 503 and ends.
  Task<void> turn_away();
  /// Cuts it now.
  void cut() {
    if (stream_) stream_->close();
  }
  /// For RequestBody: the next piece, after "100 Continue" if the client waits for it.
  Task<Result<Buffer>> read_body(OpContext op);
  const BodyReader& body() const { return *body_; }

 private:
  friend RequestBody;
  /// One request and its response. False when the connection must end.
  Task<bool> exchange();
  /// The head's bytes are at the input's front and this long; 0: end the connection without an answer.
  Task<Result<std::size_t>> receive_head();
  Result<Request> read_head(std::size_t size);
  Task<bool> answer(Request request);
  Task<bool> refuse(int status, Error error);
  Task<bool> respond(Response response);
  Task<bool> send_source(Response response);
  Task<bool> hand_over(Response response);
  bool settle_keep_alive(const Response& response);
  std::string response_head(Response& response, std::optional<std::uint64_t> length, bool chunked);
  Task<bool> send(BytesView a, BytesView b = {}, BytesView c = {});
  Task<bool> skip_rest_of_body();
  /// Ends our half and waits a little for the other side to read, so that a reset does not destroy the answer.
  Task<void> linger();
  OpContext running() const;

  ServerShared& shared_;
  std::unique_ptr<Stream> stream_;
  Input input_;
  std::optional<BodyReader> body_;
  RequestBody* live_body_ = nullptr;
  int minor_ = 1;
  bool head_request_ = false;
  bool keep_ = true;
  bool awaits_continue_ = false;
  bool unread_ = false;  // the client may still be sending what nobody will read
};

}  // namespace farshore::http
