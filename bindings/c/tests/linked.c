/* A program outside the tree: is it linked with the library of its header, and does it get the first value of RFC 4226? */
#include <poterne.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    static const char secret[] = "12345678901234567890";
    char otp[9];
    size_t len = 0;
    poterne_parameters parameters = {0};
    parameters.struct_size = sizeof parameters;
    if (poterne_abi() != POTERNE_ABI) {
        fprintf(stderr, "the header has ABI %d, the library %u\n", POTERNE_ABI, (unsigned)poterne_abi());
        return 1;
    }
    int32_t status = poterne_otp(&parameters, (const uint8_t *)secret, strlen(secret), 0, otp, sizeof otp, &len);
    if (status != POTERNE_OK || len != 6 || strcmp(otp, "755224") != 0) {
        fprintf(stderr, "HOTP 0 of RFC 4226 appendix D is 755224, not %s (status %d)\n", otp, (int)status);
        return 1;
    }
    printf("poterne %s\n", poterne_version());
    return 0;
}
