"""Types of files that are no EPUB and are named when one is given all the same."""

from enum import StrEnum


class FileType(StrEnum):
    """The types that are recognised. The values are stored with failed downloads."""

    APK = "APK"
    CBZ = "CBZ"
    CHM = "CHM"
    DJVU = "DjVu"
    DOC = "DOC"
    DOCX = "DOCX"
    FB2 = "FB2"
    FOLDER = "folder"
    GZIP = "gzip archive"
    JPEG = "JPEG picture"
    KFX = "KFX (Kindle)"
    MOBI = "MOBI or AZW"
    ODT = "ODT"
    PDF = "PDF"
    PNG = "PNG picture"
    PPTX = "PPTX"
    RAR = "RAR or CBR"
    RTF = "RTF"
    SEVEN_ZIP = "7-Zip or CB7"
    TAR = "tar archive"
    TOPAZ = "Topaz (Kindle)"
    WEB_PAGE = "web page"
    XLSX = "XLSX"
    ZIP_OF_EPUBS = "zip archive of EPUBs"
