// Launches, blocks and the order of threads. See block.h, kernel.h and warp.h.
#include "block.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "fiber.h"
#include "warp.h"

namespace emulated {

Extents thread_index, block_index, grid_size;
const Extents block_size = {THREADS_OF_BLOCK, 1, 1};
const Kernel* running;
unsigned now, start_of_block, start_of_launch;

namespace {

constexpr unsigned THREADS = THREADS_OF_BLOCK;

struct Worker : Fiber {
    bool is_ready = false;
};

// Fibers that a thread may start on; a thread that never waits leaves its fiber to the next.
Worker workers[THREADS];
unsigned idle[THREADS], idle_count;
Fiber outside;
unsigned current;  // which worker runs

// By thread: the worker that it stopped on, or none yet.
constexpr unsigned NONE = THREADS;
unsigned stopped_on[THREADS];
Meeting* waits_for[THREADS];
// Threads that can go on, the next one last.
unsigned ready[THREADS], ready_count;
unsigned finished;
void* const* arguments;

Meeting whole;
int votes;

unsigned long seed, state;

// Xorshift: any order will do.
unsigned random_below(unsigned limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 11) % limit);
}

void report_deadlock() {
    std::string text;
    std::map<std::pair<const char*, int>, unsigned> waiting;
    for (unsigned t = 0; t < THREADS; t++)
        if (waits_for[t]) waiting[{waits_for[t]->what, waits_for[t]->line}]++;
    for (auto& [at, count] : waiting)
        text += std::to_string(count) + " of its threads wait at " + at.first + " in line " +
                std::to_string(at.second) + ", ";
    fail("%s%u have ended: not all threads reach it", text.c_str(), finished);
}

unsigned next_thread() {
    if (ready_count == 0) report_deadlock();
    if (seed) std::swap(ready[random_below(ready_count)], ready[ready_count - 1]);
    return ready[--ready_count];
}

void work();

void change_to(unsigned thread) {
    unsigned worker = stopped_on[thread];
    if (worker == NONE) {
        worker = idle[--idle_count];
        if (!std::exchange(workers[worker].is_ready, true)) workers[worker].prepare(work, worker);
    }
    thread_index.x = thread;
    unsigned from = std::exchange(current, worker);
    change(workers[from], workers[worker]);
}

// What every worker does for ever.
void work() {
    for (;;) {
        stopped_on[thread_index.x] = NONE;
        running->thread(arguments);
        finished++;
        if (finished == THREADS) {
            idle[idle_count++] = current;
            change(workers[current], outside);
            continue;
        }
        unsigned thread = next_thread();
        if (stopped_on[thread] == NONE) {
            thread_index.x = thread;
        } else {
            idle[idle_count++] = current;
            change_to(thread);
        }
    }
}

// The calling thread stops until it is ready again.
void stop() {
    unsigned thread = thread_index.x;
    stopped_on[thread] = current;
    unsigned next = next_thread();
    if (next != thread) change_to(next);
}

void run_block() {
    start_of_block = ++now;
    ready_count = finished = 0;
    for (unsigned t = THREADS; t-- > 0;) {
        stopped_on[t] = NONE;
        ready[ready_count++] = t;
    }
    unsigned first = next_thread();
    current = idle[--idle_count];
    if (!std::exchange(workers[current].is_ready, true)) workers[current].prepare(work, current);
    thread_index.x = first;
    change(outside, workers[current]);
}

std::map<std::pair<std::string, int>, const Kernel*>& kernels() {
    static std::map<std::pair<std::string, int>, const Kernel*> all;
    return all;
}

std::mutex one_launch;
bool has_workers;

}  // namespace

void meet(Meeting& meeting, const char* what, int line, unsigned first, unsigned size,
          void (*act)(unsigned)) {
    unsigned thread = thread_index.x;
    if (meeting.arrived == 0) {
        meeting.what = what;
        meeting.line = line;
    } else if (meeting.what != what || meeting.line != line) {
        fail("threads part: one waits at %s in line %d, another at %s in line %d", meeting.what,
             meeting.line, what, line);
    }
    if (++meeting.arrived < size) {
        waits_for[thread] = &meeting;
        stop();
        return;
    }
    meeting.arrived = 0;
    if (act) act(first);
    // In their order, this one going on at once; or, shuffled, anyone.
    for (unsigned t = first + size; t-- > first;) {
        waits_for[t] = nullptr;
        if (t != thread || seed) ready[ready_count++] = t;
    }
    if (seed) stop();
}

void barrier(int line) {
    meet(whole, "__syncthreads", line, 0, THREADS, [](unsigned) { now++; });
}

int count(int value, int line) {
    static int last;
    votes += value != 0;
    meet(whole, "__syncthreads_count", line, 0, THREADS,
         [](unsigned) {
             last = std::exchange(votes, 0);
             now++;
         });
    return last;
}

void add(const Kernel* kernel) {
    if (!kernels().insert({{kernel->name, kernel->bf16}, kernel}).second)
        fail("two kernels are named %s", kernel->name);
}

const Kernel* find(const char* name, int bf16) {
    auto found = kernels().find({name, bf16});
    return found == kernels().end() ? nullptr : found->second;
}

void set_order(unsigned long number) {
    std::lock_guard guard(one_launch);
    seed = number;
    // Neighbouring seeds should not start alike; xorshift must not start at 0.
    state = number * 0x9e3779b97f4a7c15u | 1;
}

__attribute__((constructor)) static void order_of_environment() {
    if (const char* order = getenv("EMULATED_ORDER")) set_order(strtoul(order, nullptr, 10));
}

void run(const Kernel& kernel, unsigned columns, unsigned rows, void* const* given) {
    std::lock_guard guard(one_launch);
    if (!has_workers) {
        has_workers = true;
        for (unsigned w = 0; w < THREADS; w++) idle[idle_count++] = THREADS - 1 - w;
    }
    Watch watch;
    running = &kernel;
    arguments = given;
    grid_size = {columns, rows, 1};
    thread_index = {0, 0, 0};
    start_of_launch = ++now;
    unsigned long blocks = (unsigned long)columns * rows;
    std::vector<unsigned> order(seed ? blocks : 0);
    std::iota(order.begin(), order.end(), 0u);
    for (unsigned long b = 0; b < blocks; b++) {
        if (seed) std::swap(order[b], order[b + random_below((unsigned)(blocks - b))]);
        unsigned long at = seed ? order[b] : b;
        block_index = {(unsigned)(at % columns), (unsigned)(at / columns), 0};
        poison(kernel, b == 0);
        run_block();
    }
    running = nullptr;
}

void fail(const char* format, ...) {
    fflush(stdout);
    fputs("emulated device: ", stderr);
    if (running)
        fprintf(stderr, "%s%s, block (%u, %u) of (%u, %u), thread %u: ", running->name,
                running->bf16 ? " (bf16)" : "", block_index.x, block_index.y, grid_size.x,
                grid_size.y, thread_index.x);
    va_list rest;
    va_start(rest, format);
    vfprintf(stderr, format, rest);
    va_end(rest);
    fputc('\n', stderr);
    abort();
}

}  // namespace emulated
