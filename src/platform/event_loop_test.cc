// SPDX-License-Identifier: Apache-2.0
#include "platform/event_loop.h"

#include <atomic>
#include <csignal>
#include <thread>

#include "platform/platform_fixture.h"
#include "platform/posix_file_system.h"
#include "platform/signal_waiter.h"
#include "platform/stderr_log.h"
#include "platform/system_clock.h"
#include "platform/system_random.h"

namespace farshore::platform {
namespace {
using namespace std::chrono_literals;

Task<Duration> nap(EventLoop* loop, Duration duration) {
  const Instant before = loop->now();
  co_await sleep_for(*loop, OpContext(), duration);
  co_return loop->now() - before;
}

TEST(EventLoop, TimersFireAtTheirTimeAndInOrder) {
  EventLoop loop;
  EXPECT_GE(run(loop, nap(&loop, 2ms)), 2ms);
  EXPECT_GE(run(loop, nap(&loop, 100us)), 100us);
  struct Napper {
    static Task<void> run(EventLoop* loop, Instant until, std::vector<int>* order, int number) {
      co_await sleep_until(*loop, OpContext(), until);
      order->push_back(number);
    }
  };
  std::vector<int> order;
  TaskScope scope(loop);
  const Instant now = loop.now();
  scope.spawn(Napper::run(&loop, now + 4ms, &order, 3));
  scope.spawn(Napper::run(&loop, now + 1ms, &order, 1));
  scope.spawn(Napper::run(&loop, now + 2ms, &order, 2));
  loop.run_until([&] { return scope.size() == 0; });
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

Task<void> offload_many(EventLoop* loop, WorkerClass worker, int count, std::vector<int>* order, std::atomic<int>* running, std::atomic<int>* most) {
  TaskScope scope(*loop);
  struct Work {
    static Task<void> run(EventLoop* loop, WorkerClass worker, int number, std::vector<int>* order, std::atomic<int>* running, std::atomic<int>* most) {
      const auto loop_thread = std::this_thread::get_id();
      auto work = [running, most, loop_thread] {
        EXPECT_NE(std::this_thread::get_id(), loop_thread);
        const int now = ++*running;
        if (now > *most) *most = now;
        --*running;
      };
      co_await offload(*loop, worker, work);
      EXPECT_EQ(std::this_thread::get_id(), loop_thread);
      order->push_back(number);
    }
  };
  for (int i = 0; i < count; ++i) scope.spawn(Work::run(loop, worker, i, order, running, most));
  co_await scope.drain();
  co_await scope.close();
}

Task<int> as_int(Task<void> task) {
  co_await task;
  co_return 0;
}

TEST(EventLoop, DiskWorkRunsInOrderOneAtATime) {
  EventLoop loop;
  std::vector<int> order;
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  run(loop, as_int(offload_many(&loop, WorkerClass::kDisk, 2000, &order, &running, &most)));
  EXPECT_EQ(order.size(), 2000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(most, 1);
  order.clear();
  run(loop, as_int(offload_many(&loop, WorkerClass::kPool, 2000, &order, &running, &most)));
  EXPECT_EQ(order.size(), 2000u);
}

TEST(EventLoop, StopsFromAnotherThread) {
  EventLoop loop;
  std::atomic<int> called = 0;
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) loop.post_external([&] { ++called; });
    loop.post_external([&] { loop.stop(); });
  });
  loop.run();
  other.join();
  EXPECT_EQ(called, 100);
  std::thread again([&] { loop.stop(); });
  loop.run();
  again.join();
}

Task<Result<int>> next_signal(SignalWaiter* waiter, OpContext op) { co_return co_await waiter->next(op); }

TEST(SignalWaiter, DeliversSignalsToTheLoop) {
  EventLoop loop;
  SignalWaiter waiter(loop);
  std::raise(SIGHUP);
  std::raise(SIGTERM);
  EXPECT_EQ(run(loop, next_signal(&waiter, OpContext())).value(), SIGHUP);
  EXPECT_EQ(run(loop, next_signal(&waiter, OpContext())).value(), SIGTERM);
  EXPECT_EQ(run(loop, next_signal(&waiter, OpContext().with_deadline(loop.now() + 1ms))).error().code(), ErrorCode::kDeadlineExceeded);
}

TEST(PosixFileSystem, KeepsWhatFileSystemPromises) {
  TemporaryDirectory directory;
  PosixFileSystem files(directory.path());
  EXPECT_EQ(files.open("a", OpenMode::kRead).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(files.list("none").error().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(files.make_directories("x/y"));
  ASSERT_TRUE(files.make_directories("x/y"));
  auto file = files.open("x/y/a", OpenMode::kCreate);
  ASSERT_TRUE(file);
  EXPECT_FALSE(files.open("x/y/a", OpenMode::kCreate));
  std::vector<std::string> texts;
  std::vector<BytesView> parts;
  std::string all;
  for (int i = 0; i < 3000; ++i) texts.push_back(std::string(static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26)));
  for (const std::string& text : texts) {
    parts.push_back(text);
    all += text;
  }
  ASSERT_TRUE((*file)->write(10, parts));
  ASSERT_TRUE((*file)->sync());
  EXPECT_EQ((*file)->size().value(), all.size() + 10);
  std::string back(all.size() + 100, '?');
  EXPECT_EQ((*file)->read(10, back).value(), all.size());
  EXPECT_EQ(back.substr(0, all.size()), all);
  auto cached = (*file)->read_cached(10, back);
  ASSERT_TRUE(cached);
  if (*cached) {
    EXPECT_EQ(**cached, all.size());
  }
  ASSERT_TRUE((*file)->resize(1 << 20));
  EXPECT_EQ((*file)->size().value(), 1u << 20);
  ASSERT_TRUE((*file)->resize(3));
  EXPECT_EQ((*file)->read(0, back).value(), 3u);
  ASSERT_TRUE(files.rename("x/y/a", "x/b"));
  ASSERT_TRUE(files.sync_directory("x"));
  EXPECT_EQ(files.list("x").value(), (std::vector<std::string>{"b", "y"}));
  ASSERT_TRUE(files.remove("x/b"));
  EXPECT_EQ(files.remove("x/b").error().code(), ErrorCode::kNotFound);
  EXPECT_GT(files.free_bytes().value(), 0u);
  for (const char* bad : {"../a", "x/../../a", "/etc/passwd", ".."}) EXPECT_EQ(files.open(bad, OpenMode::kRead).error().code(), ErrorCode::kInvalidArgument) << bad;
}

TEST(PosixFileSystem, AFullDiskIsStorageFull) {
  PosixFileSystem devices("/dev");
  auto full = devices.open("full", OpenMode::kReadWrite);
  if (!full) GTEST_SKIP() << "no /dev/full here";
  const std::array<BytesView, 1> parts{"x"};
  EXPECT_EQ((*full)->write(0, parts).error().code(), ErrorCode::kStorageFull);
}

TEST(StderrLog, WritesOneQuotedLine) {
  TemporaryDirectory directory;
  std::FILE* file = std::fopen((directory / "log").c_str(), "w+");
  StderrLog log(LogLevel::kInfo, fileno(file));
  log.write(LogLevel::kDebug, "hidden", {});
  log.warn("server.ready", {{"port", 80}, {"text", "a \"b\"\n"}, {"empty", ""}});
  std::rewind(file);
  char line[300] = "";
  ASSERT_NE(std::fgets(line, sizeof line, file), nullptr);
  const std::string text = line;
  EXPECT_TRUE(text.starts_with("time=20"));
  EXPECT_TRUE(text.ends_with("Z level=warn event=server.ready port=80 text=\"a \\\"b\\\"\\n\" empty=\"\"\n")) << text;
  std::fclose(file);
}

TEST(SystemRandom, GivesDifferentBytes) {
  SystemRandom random;
  EXPECT_NE(random.bytes(32), random.bytes(32));
  EXPECT_GT(SystemClock().now().seconds(), 1700000000);
}

}  // namespace
}  // namespace farshore::platform
