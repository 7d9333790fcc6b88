extern "C" {
int sample_add(int a, int b);
}
