// What the parts of the emulated driver share. Everything is done under one lock.
//
// The handles of the interface are addresses of the objects below; an address that is not of a
// living object is an invalid handle.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "../kernel.h"

#define HIDDEN __attribute__((visibility("hidden")))
#define CALL(name, ...) extern "C" __attribute__((visibility("default"))) int name(__VA_ARGS__)

namespace emulated::driver {

// CUresult.
enum Code : int {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    NO_BINARY_FOR_GPU = 209,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    NOT_READY = 600,
    ILLEGAL_ADDRESS = 700,
    CONTEXT_IS_DESTROYED = 709,
    STREAM_CAPTURE_UNSUPPORTED = 900,
    STREAM_CAPTURE_INVALIDATED = 901,
    STREAM_CAPTURE_UNMATCHED = 903,
    STREAM_CAPTURE_UNJOINED = 904,
    STREAM_CAPTURE_ISOLATION = 905,
    CAPTURED_EVENT = 907,
    STREAM_CAPTURE_WRONG_THREAD = 908,
};

// Addresses that were handed out and not taken back.
template <class V>
struct Living {
    std::set<const V*> all;

    V* add(V* one) {
        all.insert(one);
        return one;
    }
    bool has(const V* one) const { return all.count(one) > 0; }
};

struct Context {
    int device = 0;
    int retained = 0;
};

struct Stream;

// Recorded in a stream some times, and passed so many of them.
struct Event {
    Context* context = nullptr;
    std::shared_ptr<Stream> stream;
    unsigned long recorded = 0, passed = 0;
    // Where it was recorded while that stream was captured.
    std::shared_ptr<struct Capture> capture;
};

struct Work {
    std::function<int()> act;
    // Whether it becomes a node of a graph.
    bool is_node = true;
};

struct Capture {
    std::weak_ptr<Stream> origin;
    int mode = 0;
    std::thread::id thread;
    std::vector<Work> nodes;
    bool is_invalid = false;
    // Other streams that take part and were not yet waited for by the origin.
    std::set<Stream*> apart;
};

struct Stream : std::enable_shared_from_this<Stream> {
    Context* context = nullptr;
    // Does not wait for the default stream, nor that for it.
    bool is_apart = false;
    // What is not done yet.
    std::deque<Work> queue;
    std::shared_ptr<Capture> capture;
};

struct Graph {
    std::vector<Work> nodes;
};

struct Module {
    Context* context = nullptr;
    int bf16 = 0;
};

struct Function {
    Module* module = nullptr;
    const Kernel* kernel = nullptr;
};

struct State {
    std::recursive_mutex lock;
    bool is_initialised = false;
    // What every call answers since the device was lost.
    int lost = SUCCESS;
    std::vector<Context> contexts;
    Living<Stream> streams;
    std::vector<std::shared_ptr<Stream>> kept_streams;
    Living<Event> events;
    std::vector<std::shared_ptr<Event>> kept_events;
    Living<Graph> graphs, executables;
    Living<Module> modules;
    Living<Function> functions;
    std::vector<std::shared_ptr<Capture>> captures;
};

HIDDEN State& all();

// A setting by its name in the environment, or as the process set it.
HIDDEN std::string setting(const char* name, const char* otherwise);
HIDDEN unsigned long number(const char* name, unsigned long otherwise);
HIDDEN void read_settings();
// What a call must answer in place of doing anything, as EMULATED_FAULT wants it.
HIDDEN int fault(const char* call, bool& is_sticky);

// Of the calling thread; null if none.
HIDDEN Context*& current_context();
HIDDEN int check_context();

// What a call asks for before it does anything.
enum Asks { NOTHING, INITIALISED, CONTEXT };

// The lock, and whether the call may go on.
struct HIDDEN Entered {
    Entered(const char* call, Asks asks);
    std::unique_lock<std::recursive_mutex> lock;
    int code = SUCCESS;
};

#define ENTER(asks)               \
    Entered entered(__func__, asks); \
    if (entered.code) return entered.code
#define TRY(call) \
    if (int code_ = (call)) return code_

// Memory.
HIDDEN bool is_device_memory(uint64_t at, size_t bytes);
HIDDEN bool is_pinned(const void* at, size_t bytes);
HIDDEN void free_all(Context* context);

// Streams: null is the default stream of the current context.
HIDDEN int stream_of(void* handle, std::shared_ptr<Stream>& stream);
// Does work at once, or when it is waited for, or keeps it for a graph.
HIDDEN int submit(const std::shared_ptr<Stream>& stream, Work work);
HIDDEN int finish(Stream& stream);
// Everything queued in this context, but for streams that do not wait for the default one.
HIDDEN int finish_all(Context* context, bool apart_too);
// A call that would wait or allocate while a stream is captured spoils that.
HIDDEN int refuse_while_capturing(bool even_relaxed);

}  // namespace emulated::driver
