//go:build !purego

#include "textflag.h"

DATA comma<>+0(SB)/8, $0x2c2c2c2c2c2c2c2c
GLOBL comma<>(SB), RODATA|NOPTR, $8
DATA newline<>+0(SB)/8, $0x0a0a0a0a0a0a0a0a
GLOBL newline<>(SB), RODATA|NOPTR, $8
DATA zero<>+0(SB)/8, $0x3030303030303030
GLOBL zero<>(SB), RODATA|NOPTR, $8

// Added to '0' it is the smallest signed byte, so that digits are below -128+10.
DATA lowest<>+0(SB)/8, $0x5050505050505050
GLOBL lowest<>(SB), RODATA|NOPTR, $8
DATA beyond<>+0(SB)/8, $0x8a8a8a8a8a8a8a8a
GLOBL beyond<>(SB), RODATA|NOPTR, $8

// Factors of two neighbours: bytes, words, and words again.
DATA tens<>+0(SB)/8, $0x010a010a010a010a
GLOBL tens<>(SB), RODATA|NOPTR, $8
DATA hundreds<>+0(SB)/8, $0x0001006400010064
GLOBL hundreds<>(SB), RODATA|NOPTR, $8
DATA myriads<>+0(SB)/8, $0x0001271000012710
GLOBL myriads<>(SB), RODATA|NOPTR, $8

DATA shiftOfNone<>+0(SB)/8, $72
GLOBL shiftOfNone<>(SB), RODATA|NOPTR, $8
DATA shiftOfEight<>+0(SB)/8, $64
GLOBL shiftOfEight<>(SB), RODATA|NOPTR, $8
DATA eighthPower<>+0(SB)/8, $0x05f5e10005f5e100
GLOBL eighthPower<>(SB), RODATA|NOPTR, $8
DATA mostHigh<>+0(SB)/8, $0x0000002900000029 // 41 * 10^8 + 99999999 fits 32 bits
GLOBL mostHigh<>(SB), RODATA|NOPTR, $8

// The lowest bit of R8 becomes an end.
#define END(at) \
	TZCNTQ R8, R9    \
	BLSRQ  R8, R8    \
	ADDL   BX, R9    \
	MOVW   R9, at(SI)

#define EIGHT_ENDS(at) \
	END(at)    \
	END(at+2)  \
	END(at+4)  \
	END(at+6)  \
	END(at+8)  \
	END(at+10) \
	END(at+12) \
	END(at+14)

// Makes R13 not 0 if a block is not of the plain form. It has the masks of commas in AX,
// of newlines in R8, and of other bytes that are no digits in R13, and what the block
// before ended with. Three things are added to R13: what follows a newline and is no comma;
// a comma that follows a comma; a newline that does not follow a digit. AX becomes the mask
// of what is no digit, R9 that of what follows such a byte.
#define CHECK \
	LEAQ  (R11)(R8*2), R9 \
	MOVQ  R8, R11         \
	ANDNQ R9, AX, R9      \
	ORQ   R9, R13         \
	LEAQ  (R12)(AX*2), R9 \
	MOVQ  AX, R12         \
	ANDQ  AX, R9          \
	ORQ   R9, R13         \
	ORQ   R8, AX          \
	LEAQ  (R10)(AX*2), R9 \
	MOVQ  AX, R10         \
	ANDQ  R9, R8          \
	ORQ   R8, R13

// Then makes R8 the mask of ends and AX their number, and keeps what the block ended with.
#define ENDS \
	ANDNQ   AX, R9, R8 \
	SHRQ    $63, R10   \
	SHRQ    $63, R11   \
	SHRQ    $63, R12   \
	POPCNTQ R8, AX

// func findEnds256(text *byte, blocks int, ends *uint16) int
TEXT ·findEnds256(SB), NOSPLIT, $0-32
	MOVQ text+0(FP), DI
	MOVQ blocks+8(FP), CX
	MOVQ ends+16(FP), SI
	MOVQ SI, DX

	VPBROADCASTQ comma<>(SB), Y10
	VPBROADCASTQ newline<>(SB), Y11
	VPBROADCASTQ lowest<>(SB), Y12
	VPBROADCASTQ beyond<>(SB), Y13

	MOVL $1, BX   // offset of the block, and one
	MOVL $1, R10  // whether the byte before the block was no digit,
	XORL R11, R11 // a newline,
	MOVL $1, R12  // a comma

block:
	VMOVDQU   (DI), Y0
	VMOVDQU   32(DI), Y1
	VPCMPEQB  Y10, Y0, Y2
	VPCMPEQB  Y10, Y1, Y3
	VPCMPEQB  Y11, Y0, Y4
	VPCMPEQB  Y11, Y1, Y5
	VPADDB    Y12, Y0, Y0
	VPADDB    Y12, Y1, Y1
	VPCMPGTB  Y0, Y13, Y0 // digits
	VPCMPGTB  Y1, Y13, Y1
	VPMOVMSKB Y2, AX
	VPMOVMSKB Y3, R8
	SHLQ      $32, R8
	ORQ       R8, AX      // AX: commas
	VPMOVMSKB Y4, R9
	VPMOVMSKB Y5, R8
	SHLQ      $32, R8
	ORQ       R9, R8      // R8: newlines
	VPOR      Y2, Y4, Y2
	VPOR      Y3, Y5, Y3
	VPOR      Y2, Y0, Y0
	VPOR      Y3, Y1, Y1
	VPAND     Y0, Y1, Y0
	VPMOVMSKB Y0, R13
	NOTL      R13         // R13: what must not be; first, any other byte

	CHECK
	JNZ  done
	ENDS
	EIGHT_ENDS(0)
	EIGHT_ENDS(16)
	CMPL    AX, $16
	JLE     next
	EIGHT_ENDS(32)
	CMPL    AX, $24
	JLE     next
	EIGHT_ENDS(48)

next:
	LEAQ (SI)(AX*2), SI
	ADDL $64, BX
	ADDQ $64, DI
	DECQ CX
	JNZ  block

done:
	SUBQ DX, SI
	SHRQ $1, SI
	MOVQ SI, ret+24(FP)
	VZEROUPPER
	RET

DATA countUp<>+0(SB)/8, $0x0706050403020100
DATA countUp<>+8(SB)/8, $0x0f0e0d0c0b0a0908
DATA countUp<>+16(SB)/8, $0x1716151413121110
DATA countUp<>+24(SB)/8, $0x1f1e1d1c1b1a1918
DATA countUp<>+32(SB)/8, $0x2726252423222120
DATA countUp<>+40(SB)/8, $0x2f2e2d2c2b2a2928
DATA countUp<>+48(SB)/8, $0x3736353433323130
DATA countUp<>+56(SB)/8, $0x3f3e3d3c3b3a3938
GLOBL countUp<>(SB), RODATA|NOPTR, $64

// func findEnds512(text *byte, blocks int, ends *uint16) int
//
// The masks are those of findEnds256; the positions of all their bits are
// numbers of which the others are squeezed out.
TEXT ·findEnds512(SB), NOSPLIT, $0-32
	MOVQ text+0(FP), DI
	MOVQ blocks+8(FP), CX
	MOVQ ends+16(FP), SI
	MOVQ SI, DX

	VPBROADCASTQ comma<>(SB), Z10
	VPBROADCASTQ newline<>(SB), Z11
	VPBROADCASTQ lowest<>(SB), Z12
	VPBROADCASTQ beyond<>(SB), Z13
	VMOVDQU64    countUp<>(SB), Z14
	MOVL         $64, AX
	VPBROADCASTW AX, Z15

	MOVL         $1, R10  // whether the byte before the block was no digit,
	XORL         R11, R11 // a newline,
	MOVL         $1, R12  // a comma
	VPBROADCASTW R10, Z9  // offset of the block, and one

block:
	VMOVDQU64 (DI), Z0
	VPCMPEQB  Z10, Z0, K1
	VPCMPEQB  Z11, Z0, K2
	VPADDB    Z12, Z0, Z0
	VPCMPGTB  Z0, Z13, K3 // digits
	KMOVQ     K1, AX
	KMOVQ     K2, R8
	KMOVQ     K3, R13
	ORQ       AX, R13
	ORQ       R8, R13
	NOTQ      R13
	CHECK
	JNZ       done
	ENDS
	KMOVQ     R8, K1

	VPCOMPRESSB.Z Z14, K1, Z1
	VPMOVZXBW     Y1, Z1
	VPADDW        Z9, Z1, Z1
	VMOVDQU64     Z1, (SI)
	VPADDW        Z15, Z9, Z9

	LEAQ (SI)(AX*2), SI
	ADDQ $64, DI
	DECQ CX
	JNZ  block

done:
	SUBQ DX, SI
	SHRQ $1, SI
	MOVQ SI, ret+24(FP)
	VZEROUPPER
	RET

// Loads the eight bytes that begin at each of four numbers, the first of which
// begins where the end before at(SI) says.
#define LOAD_FOUR(at, X, Y, XH) \
	MOVWLZX     (at-2)(SI), AX         \
	MOVWLZX     at(SI), R8             \
	MOVWLZX     (at+2)(SI), R9         \
	MOVWLZX     (at+4)(SI), R10        \
	VMOVQ       (DI)(AX*1), X          \
	VMOVQ       (DI)(R9*1), XH         \
	VPINSRQ     $1, (DI)(R8*1), X, X   \
	VPINSRQ     $1, (DI)(R10*1), XH, XH \
	VINSERTI128 $1, XH, Y, Y

// How far a number is shifted to the left for its last digit to become the last
// of eight bytes; negative if it is longer.
#define SHIFTS_OF_FOUR(at, Y, YT) \
	VPMOVZXWQ at(SI), Y     \
	VPMOVZXWQ (at-2)(SI), YT \
	VPSUBQ    Y, YT, Y      \
	VPSLLQ    $3, Y, Y      \
	VPADDQ    Y14, Y, Y

// Turns eight times eight digits into eight integers; those of Y0 are the first,
// second, fifth and sixth.
#define JOIN(Y0, Y1) \
	VPMADDUBSW Y11, Y0, Y0 \
	VPMADDUBSW Y11, Y1, Y1 \
	VPMADDWD   Y12, Y0, Y0 \
	VPMADDWD   Y12, Y1, Y1 \
	VPACKUSDW  Y1, Y0, Y0  \
	VPMADDWD   Y13, Y0, Y0

// Where to load the last eight digits of a number, or all of them.
#define LAST_EIGHT(at, R) \
	MOVWLZX (at-2)(SI), R \
	MOVWLZX at(SI), BX    \
	SUBL    $9, BX        \
	CMPL    R, BX         \
	CMOVLLT BX, R

#define LOAD_LAST_OF_FOUR(at, X, Y, XH) \
	LAST_EIGHT(at, AX)                  \
	LAST_EIGHT(at+2, R8)                \
	LAST_EIGHT(at+4, R9)                \
	LAST_EIGHT(at+6, R10)               \
	VMOVQ       (DI)(AX*1), X           \
	VMOVQ       (DI)(R9*1), XH          \
	VPINSRQ     $1, (DI)(R8*1), X, X    \
	VPINSRQ     $1, (DI)(R10*1), XH, XH \
	VINSERTI128 $1, XH, Y, Y

// func convert(text *byte, ends *uint16, groups int, numbers *uint32) int
TEXT ·convert(SB), NOSPLIT, $0-40
	MOVQ text+0(FP), DI
	MOVQ ends+8(FP), SI
	MOVQ groups+16(FP), CX
	MOVQ numbers+24(FP), DX

	VPBROADCASTQ zero<>(SB), Y10
	VPBROADCASTQ tens<>(SB), Y11
	VPBROADCASTQ hundreds<>(SB), Y12
	VPBROADCASTQ myriads<>(SB), Y13
	VPBROADCASTQ shiftOfNone<>(SB), Y14
	VPBROADCASTQ shiftOfEight<>(SB), Y15
	VPXOR        Y9, Y9, Y9

group:
	LOAD_FOUR(0, X0, Y0, X2)
	LOAD_FOUR(8, X1, Y1, X3)
	SHIFTS_OF_FOUR(0, Y2, Y4)
	SHIFTS_OF_FOUR(8, Y3, Y5)
	VPSUBUSB  Y10, Y0, Y0 // a comma before the number becomes 0, as it is below '0'
	VPSUBUSB  Y10, Y1, Y1
	VPOR      Y2, Y3, Y4
	VMOVMSKPD Y4, AX
	TESTL     AX, AX
	JNZ       long
	VPSLLVQ   Y2, Y0, Y0
	VPSLLVQ   Y3, Y1, Y1
	JOIN(Y0, Y1)

store:
	VPERMQ  $0xd8, Y0, Y0
	VMOVDQU Y0, (DX)
	ADDQ    $16, SI
	ADDQ    $32, DX
	DECQ    CX
	JNZ     group

done:
	MOVQ groups+16(FP), AX
	SUBQ CX, AX
	MOVQ AX, ret+32(FP)
	VZEROUPPER
	RET

long: // some number has more than eight digits: these apart from the last eight
	VPADDQ    Y15, Y2, Y4
	VPADDQ    Y15, Y3, Y5
	VPOR      Y4, Y5, Y6
	VMOVMSKPD Y6, AX
	TESTL     AX, AX
	JNZ       done
	VPSLLVQ   Y4, Y0, Y4 // all zero where there are none: they are shifted by 64 or more
	VPSLLVQ   Y5, Y1, Y5
	JOIN(Y4, Y5)
	VPBROADCASTQ mostHigh<>(SB), Y6
	VPCMPGTD  Y6, Y4, Y6
	VPTEST    Y6, Y6
	JNZ       done
	VPBROADCASTQ eighthPower<>(SB), Y6
	VPMULLD   Y6, Y4, Y4

	LOAD_LAST_OF_FOUR(0, X0, Y0, X6)
	LOAD_LAST_OF_FOUR(8, X1, Y1, X7)
	VPSUBUSB Y10, Y0, Y0
	VPSUBUSB Y10, Y1, Y1
	VPCMPGTQ Y9, Y2, Y6
	VPCMPGTQ Y9, Y3, Y7
	VPAND    Y6, Y2, Y2
	VPAND    Y7, Y3, Y3
	VPSLLVQ  Y2, Y0, Y0
	VPSLLVQ  Y3, Y1, Y1
	JOIN(Y0, Y1)
	VPADDD   Y4, Y0, Y0
	JMP      store
