// Calls the kernels of itself.cu: `program KERNEL` prints what came out, or is ended by the emulator.
#include <sys/mman.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bits.h"
#include "kernel.h"

using namespace emulated;
using Floats = std::vector<float>;

static Floats random(size_t count) {
    Floats all(count);
    for (float& one : all) one = (float)rand() / (float)RAND_MAX - 0.5f;
    return all;
}

// The largest difference of a product from what its operands, as read, give in double.
template <class Read>
static double worst_product(const char* kernel, int depth, Read read) {
    Floats a = random(16 * (size_t)depth), b = random(8 * (size_t)depth), c(128);
    launch(kernel, 1, 1, (const float*)a.data(), (const float*)b.data(), c.data());
    double worst = 0;
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 8; j++) {
            double sum = 0;
            for (int k = 0; k < depth; k++) sum += (double)read(a[i * depth + k]) * read(b[k * 8 + j]);
            worst = fmax(worst, fabs(sum - c[i * 8 + j]));
        }
    return worst;
}

static void try_right_ones() {
    Floats x = random(1024), y(1024);
    const float* from = x.data();
    double sum = 0, sum_of_block = 0;
    for (float one : x) sum += one;
    for (int i = 0; i < 256; i++) sum_of_block += x[i];
    launch("sum", 2, 1, from, y.data(), 1024);
    bool is_right = fabs(y[0] + y[1] - sum) < 1e-5;
    launch("sum_of_lanes", 1, 1, from, y.data());
    for (int i = 0; i < 8; i++) sum_of_block -= y[i];
    is_right &= fabs(sum_of_block) < 1e-5;
    launch("transpose", 1, 1, from, y.data());
    for (int i = 0; i < 1024; i++) is_right &= y[i] == x[i % 32 * 32 + i / 32];
    is_right &= worst_product("product_bf16", 16, [](float v) { return of_bits(bf16(v) << 16); }) < 1e-6;
    is_right &= worst_product("product_tf32", 8, [](float v) { return tf32(to_bits(v)); }) < 1e-6;
    // Every block of every launch, also those after the emulator has learnt what to fill.
    for (int i = 0; i < 10; i++) {
        launch("unset", 3, 1, y.data());
        for (int t = 0; t < 768; t++) is_right &= std::isnan(y[t]);
    }
    printf("%s\n", is_right ? "right" : "wrong");
}

int main(int count, char** arguments) {
    std::string kernel = count > 1 ? arguments[1] : "right";
    Floats x(1024), y(1024);
    const float* from = x.data();
    if (kernel == "right") try_right_ones();
    if (kernel == "race") {
        launch("race", 1, 1, y.data());
        printf("%g\n", y[0]);
    }
    if (kernel == "early" || kernel == "matrix_race") launch(kernel.c_str(), 1, 1, y.data());
    if (kernel == "blocks" || kernel == "same_place") launch(kernel.c_str(), 2, 1, y.data());
    if (kernel == "leaves") launch("leaves", 1, 1, 255);
    if (kernel == "parts" || kernel == "half_warp") launch(kernel.c_str(), 1, 1, y.data());
    if (kernel == "crooked") launch("crooked", 1, 1, from, y.data());
    if (kernel == "beyond_array") launch("beyond_array", 1, 1, y.data(), 8);
    if (kernel == "nowhere")
        launch("nowhere", 1, 1, (float*)mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (kernel == "other_type") launch("leaves", 1, 1, 255.0f);
}
