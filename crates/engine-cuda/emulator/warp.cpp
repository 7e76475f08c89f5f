// What the lanes of a warp do together. See warp.h.
#include "warp.h"

#include "bits.h"
#include "block.h"

namespace emulated {

void (*on_matrix_load)(const void* row);

namespace {

struct Warp {
    Meeting meeting;
    // By lane.
    unsigned words[32];
    const unsigned short* rows[32];
    unsigned a[32][4], b[32][2];
    float c[32][4];
    unsigned votes;
};

Warp warps[THREADS_OF_BLOCK / 32];

Warp& own_warp() { return warps[thread_index.x / 32]; }

void meet_warp(const char* what, int line, void (*act)(unsigned)) {
    meet(own_warp().meeting, what, line, thread_index.x / 32 * 32, 32, act);
}

// c [16, 8] += a [16, depth] b [depth, 8], in the order of the depth.
template <int DEPTH>
inline void multiply(float c[16][8], const float a[16][DEPTH], const float b[DEPTH][8]) {
    for (int row = 0; row < 16; row++) {
        float sums[8];
        for (int n = 0; n < 8; n++) sums[n] = c[row][n];
        for (int k = 0; k < DEPTH; k++)
            for (int n = 0; n < 8; n++) sums[n] += a[row][k] * b[k][n];
        for (int n = 0; n < 8; n++) c[row][n] = sums[n];
    }
}

// Where the accumulators of a lane lie.
template <class Each>
inline void each_of_c(Each each) {
    for (int lane = 0; lane < 32; lane++)
        for (int i = 0; i < 4; i++)
            each(lane, i, lane / 4 + i / 2 * 8, lane % 4 * 2 + i % 2);
}

// Before or after the product of one warp, in place of its accumulators.
template <int DEPTH>
void product(Warp& warp, const float a[16][DEPTH], const float b[DEPTH][8]) {
    float c[16][8];
    each_of_c([&](int lane, int i, int row, int column) { c[row][column] = warp.c[lane][i]; });
    multiply<DEPTH>(c, a, b);
    each_of_c([&](int lane, int i, int row, int column) { warp.c[lane][i] = c[row][column]; });
}

void product_bf16(unsigned first) {
    Warp& warp = warps[first / 32];
    float a[16][16], b[16][8];
    for (int lane = 0; lane < 32; lane++) {
        int group = lane / 4, pair = lane % 4 * 2;
        // Registers: upper left, lower left, upper right, lower right of a.
        for (int i = 0; i < 4; i++) {
            int row = group + i % 2 * 8, column = pair + i / 2 * 8;
            a[row][column] = of_bits(warp.a[lane][i] << 16);
            a[row][column + 1] = of_bits(warp.a[lane][i] & 0xffff0000u);
        }
        for (int i = 0; i < 2; i++) {
            b[pair + i * 8][group] = of_bits(warp.b[lane][i] << 16);
            b[pair + i * 8 + 1][group] = of_bits(warp.b[lane][i] & 0xffff0000u);
        }
    }
    product<16>(warp, a, b);
}

void product_tf32(unsigned first) {
    Warp& warp = warps[first / 32];
    float a[16][8], b[8][8];
    for (int lane = 0; lane < 32; lane++) {
        int group = lane / 4, k = lane % 4;
        for (int i = 0; i < 4; i++) a[group + i % 2 * 8][k + i / 2 * 4] = tf32(warp.a[lane][i]);
        for (int i = 0; i < 2; i++) b[k + i * 4][group] = tf32(warp.b[lane][i]);
    }
    product<8>(warp, a, b);
}

void mma(const char* what, void (*act)(unsigned), float c[4], const unsigned a[4],
         const unsigned b[2], int line) {
    Warp& warp = own_warp();
    int own = lane();
    for (int i = 0; i < 4; i++) warp.c[own][i] = c[i];
    for (int i = 0; i < 4; i++) warp.a[own][i] = a[i];
    for (int i = 0; i < 2; i++) warp.b[own][i] = b[i];
    meet_warp(what, line, act);
    for (int i = 0; i < 4; i++) c[i] = warp.c[own][i];
}

}  // namespace

void whole_warp(unsigned mask, int width) {
    if (mask != 0xffffffffu) fail("the mask %x is not all of a warp", mask);
    if (width < 1 || width > 32 || (width & (width - 1))) fail("%d is no width of a part", width);
}

unsigned shuffle(unsigned word, int from, int line) {
    static unsigned all[THREADS_OF_BLOCK];
    own_warp().words[lane()] = word;
    meet_warp("__shfl_sync", line, [](unsigned first) {
        for (int i = 0; i < 32; i++) all[first + i] = warps[first / 32].words[i];
    });
    return all[thread_index.x / 32 * 32 + (unsigned)from];
}

unsigned ballot(int value, int line) {
    static unsigned all[THREADS_OF_BLOCK / 32];
    own_warp().votes |= (unsigned)(value != 0) << lane();
    meet_warp("__ballot_sync", line, [](unsigned first) {
        all[first / 32] = warps[first / 32].votes;
        warps[first / 32].votes = 0;
    });
    return all[thread_index.x / 32];
}

void ldmatrix(unsigned* out, int count, bool transposed, const void* row, int line) {
    static const char* names[2][5] = {
        {nullptr, "ldmatrix.x1", "ldmatrix.x2", nullptr, "ldmatrix.x4"},
        {nullptr, "ldmatrix.x1.trans", "ldmatrix.x2.trans", nullptr, "ldmatrix.x4.trans"},
    };
    if (count != 1 && count != 2 && count != 4) fail("ldmatrix of %d matrices", count);
    Warp& warp = own_warp();
    int own = lane();
    if (own < 8 * count) {
        if ((size_t)row % 16) fail("line %d: ldmatrix of a row at %p, no multiple of 16", line, row);
        if (!is_shared(row, 16)) fail("line %d: ldmatrix of %p, not in shared memory", line, row);
        if (on_matrix_load) on_matrix_load(row);
    }
    warp.rows[own] = (const unsigned short*)row;
    // The numbers are read when all have arrived, and by each lane for itself; two calls in a row
    // may use the same addresses, so they are read before anyone goes on.
    static unsigned read[THREADS_OF_BLOCK][4];
    static bool is_transposed;
    static int matrices;
    is_transposed = transposed;
    matrices = count;
    meet_warp(names[transposed][count], line, [](unsigned first) {
        Warp& warp = warps[first / 32];
        for (int lane = 0; lane < 32; lane++)
            for (int i = 0; i < matrices; i++) {
                const unsigned short* const* rows = warp.rows + 8 * i;
                unsigned low, high;
                if (is_transposed) {
                    low = rows[lane % 4 * 2][lane / 4];
                    high = rows[lane % 4 * 2 + 1][lane / 4];
                } else {
                    low = rows[lane / 4][lane % 4 * 2];
                    high = rows[lane / 4][lane % 4 * 2 + 1];
                }
                read[first + (unsigned)lane][i] = low | high << 16;
            }
    });
    for (int i = 0; i < count; i++) out[i] = read[thread_index.x][i];
}

void mma_bf16(float c[4], const unsigned a[4], const unsigned b[2], int line) {
    mma("mma.m16n8k16.bf16", product_bf16, c, a, b, line);
}

void mma_tf32(float c[4], const unsigned a[4], const unsigned b[2], int line) {
    mma("mma.m16n8k8.tf32", product_tf32, c, a, b, line);
}

}  // namespace emulated
