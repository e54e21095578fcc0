-- What the tables and procedures of the mirror rest on.

-- The UTF-8 bytes of a text. Firestore tells documents apart, and orders them, by these: text of
-- SQL Server compares 'a' equal to 'a ', and orders by 16-bit units.
CREATE FUNCTION fn_StoreMirror_Utf8(@text nvarchar(max))
RETURNS varbinary(max)
AS
BEGIN
  IF @text COLLATE Latin1_General_100_BIN2 NOT LIKE N'%[^ -~]%'
    RETURN CONVERT(varbinary(max), CONVERT(varchar(max), @text));

  DECLARE @digits char(16) = '0123456789ABCDEF';
  DECLARE @hex varchar(max) = '';
  DECLARE @bytes varchar(8);
  DECLARE @end int = LEN(@text + N'.') - 1;
  DECLARE @at int = 1;
  DECLARE @code int;
  DECLARE @tail int; -- bytes of a character after its first
  WHILE @at <= @end
  BEGIN
    SET @code = UNICODE(SUBSTRING(@text, @at, 1));
    -- Where a character beyond U+FFFF counts as two, its halves come one after the other.
    IF @code BETWEEN 55296 AND 56319
    BEGIN
      SET @at = @at + 1;
      SET @code = 65536 + (@code - 55296) * 1024 + UNICODE(SUBSTRING(@text, @at, 1)) - 56320;
    END;
    SET @tail = CASE WHEN @code < 128 THEN 0 WHEN @code < 2048 THEN 1 WHEN @code < 65536 THEN 2 ELSE 3 END;
    SET @bytes = '';
    WHILE LEN(@bytes) < 2 * @tail
    BEGIN
      SET @bytes = SUBSTRING(@digits, (128 + @code % 64) / 16 + 1, 1) + SUBSTRING(@digits, @code % 16 + 1, 1) + @bytes;
      SET @code = @code / 64;
    END;
    SET @code = @code + CASE @tail WHEN 0 THEN 0 WHEN 1 THEN 192 WHEN 2 THEN 224 ELSE 240 END;
    SET @hex = @hex + SUBSTRING(@digits, @code / 16 + 1, 1) + SUBSTRING(@digits, @code % 16 + 1, 1) + @bytes;
    SET @at = @at + 1;
  END;
  RETURN CONVERT(varbinary(max), @hex, 2);
END;
GO
-- All that a writer may do: call the procedures and read. Give its login a user in this role.
IF DATABASE_PRINCIPAL_ID(N'ayna_writer') IS NULL CREATE ROLE ayna_writer;
GO
GRANT EXECUTE ON fn_StoreMirror_Utf8 TO ayna_writer;
