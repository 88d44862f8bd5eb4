/* The driver as a program of its own. */
#include "driver.h"

int main(void) {
    return minivm_driver_serve();
}
