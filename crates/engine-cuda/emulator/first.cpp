// Linked before kernels.cpp: where shared memory starts.
extern "C" {
__attribute__((visibility("hidden"), aligned(64))) char emulated_shared_first[64];
}
