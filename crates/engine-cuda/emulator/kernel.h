// Kernels by name, with arguments of any number and type.
#pragma once
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>

#define EMULATED_HIDDEN __attribute__((visibility("hidden")))

namespace emulated {

// Threads of a block.
constexpr unsigned THREADS_OF_BLOCK = 256;

struct Extents {
    unsigned x, y, z;
};

// Of the thread that is running.
extern EMULATED_HIDDEN Extents thread_index, block_index, grid_size;
extern EMULATED_HIDDEN const Extents block_size;

struct Parameter {
    size_t bytes;
    bool is_pointer, is_float;
};

// A kernel that can be launched by name.
struct Kernel {
    const char* name;
    // Which of the two sources it was compiled from.
    int bf16;
    const Parameter* parameters;
    size_t count;

    // The body of one thread. Every pointer of `arguments` points to an argument of its type.
    virtual void thread(void* const* arguments) const = 0;

protected:
    constexpr Kernel(const char* name, int bf16, const Parameter* parameters, size_t count)
        : name(name), bf16(bf16), parameters(parameters), count(count) {}
};

template <class F, F function>
struct Entry;

template <class... A, void (*function)(A...)>
struct Entry<void (*)(A...), function> final : Kernel {
    static constexpr Parameter all[sizeof...(A) + 1] = {
        {sizeof(A), std::is_pointer_v<A>, std::is_floating_point_v<A>}..., {0, false, false}};

    constexpr Entry(const char* name, int bf16) : Kernel(name, bf16, all, sizeof...(A)) {}

    void thread(void* const* arguments) const override {
        spread(arguments, std::index_sequence_for<A...>{});
    }

private:
    template <size_t... I>
    static void spread(void* const* arguments, std::index_sequence<I...>) {
        function(*(std::remove_cv_t<A>*)arguments[I]...);
    }
};

EMULATED_HIDDEN void add(const Kernel* kernel);
// Null where no kernel has that name.
EMULATED_HIDDEN const Kernel* find(const char* name, int bf16);
// Runs a kernel, every block of it, one launch at a time.
EMULATED_HIDDEN void run(const Kernel& kernel, unsigned columns, unsigned rows,
                         void* const* arguments);
// Shuffles threads and blocks from now on; 0 runs them in their order. Initially $EMULATED_ORDER.
EMULATED_HIDDEN void set_order(unsigned long seed);
// Says which kernel, block and thread is running and ends the process.
[[noreturn]] EMULATED_HIDDEN void fail(const char* format, ...)
    __attribute__((format(printf, 1, 2)));

// Runs a kernel by name, with arguments of exactly its parameters' types.
template <class... A>
void launch(const char* name, unsigned columns, unsigned rows, A... arguments) {
#ifdef BF16
    const int bf16 = BF16;
#else
    const int bf16 = 0;
#endif
    const Kernel* kernel = find(name, bf16);
    if (!kernel) fail("no kernel %s", name);
    const Parameter given[] = {
        {sizeof(A), std::is_pointer_v<A> || std::is_null_pointer_v<A>, std::is_floating_point_v<A>}...};
    if (sizeof...(A) != kernel->count)
        fail("%s takes %zu arguments, not %zu", name, kernel->count, sizeof...(A));
    for (size_t i = 0; i < kernel->count; i++)
        if (given[i].bytes != kernel->parameters[i].bytes ||
            given[i].is_pointer != kernel->parameters[i].is_pointer ||
            given[i].is_float != kernel->parameters[i].is_float)
            fail("argument %zu of %s is of another type", i, name);
    void* pointers[] = {(void*)&arguments...};
    run(*kernel, columns, rows, pointers);
}

}  // namespace emulated
