"""The ERROR packets that the TFTP server sends, ready to send. No text contains a path or a reason."""

from ringup.wire.tftp import Error, ErrorCode, build

NOT_FOUND = build(Error(ErrorCode.FILE_NOT_FOUND, "File not found"))
READ_ONLY = build(Error(ErrorCode.ACCESS_VIOLATION, "This server is read only"))
ILLEGAL = build(Error(ErrorCode.ILLEGAL_OPERATION, "Illegal TFTP operation"))
UNKNOWN_MODE = build(Error(ErrorCode.ILLEGAL_OPERATION, "Unknown mode: octet and netascii are known"))
UNKNOWN_TRANSFER = build(Error(ErrorCode.UNKNOWN_TRANSFER_ID, "Unknown transfer ID"))
