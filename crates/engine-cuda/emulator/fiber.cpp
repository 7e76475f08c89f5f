// See fiber.h.
#include "fiber.h"

#include <sys/mman.h>

#include <cstdint>

#if !defined(__x86_64__) && !defined(__aarch64__)
#include <ucontext.h>
#endif

namespace emulated {
namespace {

char* new_stack() {
    void* memory = mmap(nullptr, 3 * STACK, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) fail("no memory for a stack");
    // What overruns its stack must not reach another's; and what lies nearer to a frame than a
    // stack is long is that stack (see races.cpp).
    char* stack = (char*)memory + STACK;
    mprotect(stack, STACK, PROT_READ | PROT_WRITE);
    return stack;
}

}  // namespace

#if defined(__x86_64__) || defined(__aarch64__)

// emulated_change(void** from, void* to): keeps what a callee must keep on the stack that it leaves.
#ifdef __x86_64__
asm(R"(
    .text
    .p2align 4
    .local emulated_change
    .type emulated_change, @function
emulated_change:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size emulated_change, . - emulated_change
)");
#else
asm(R"(
    .text
    .p2align 4
    .local emulated_change
    .type emulated_change, %function
emulated_change:
    sub sp, sp, #160
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x9, sp
    str x9, [x0]
    mov sp, x1
    ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #160
    ret
    .size emulated_change, . - emulated_change
)");
#endif

extern "C" EMULATED_HIDDEN void emulated_change(void** from, void* to);

void Fiber::prepare(void (*body)(), unsigned number) {
    // Tops at different lines of a page, that they do not all fall into one set of the cache.
    char* top = new_stack() + STACK - number % 61 * 64;
#ifdef __x86_64__
    void** at = (void**)top;
    *--at = nullptr;  // as if `body` had been called from nowhere
    *--at = (void*)body;
    at -= 6;
#else
    void** at = (void**)(top - 160);
    at[11] = (void*)body;
#endif
    stopped = at;
}

void change(Fiber& from, Fiber& to) { emulated_change(&from.stopped, to.stopped); }

#else

void Fiber::prepare(void (*body)(), unsigned) {
    auto* context = new ucontext_t;
    getcontext(context);
    context->uc_stack.ss_sp = new_stack();
    context->uc_stack.ss_size = STACK;
    context->uc_link = nullptr;
    makecontext(context, body, 0);
    stopped = context;
}

void change(Fiber& from, Fiber& to) {
    if (!from.stopped) from.stopped = new ucontext_t;
    swapcontext((ucontext_t*)from.stopped, (ucontext_t*)to.stopped);
}

#endif

}  // namespace emulated
