<TMPL_IF NAME="DEVICES">
<fieldset class="form-group">
<legend><TMPL_VAR NAME="poterne_code_device" ESCAPE=HTML></legend>
<TMPL_LOOP NAME="DEVICES"><label><input type="radio" name="device" value="<TMPL_VAR NAME="ROW">" <TMPL_IF NAME="CHECKED">checked</TMPL_IF>> <TMPL_VAR NAME="ROW_TEXT" ESCAPE=HTML></label></TMPL_LOOP>
</fieldset>
<TMPL_ELSE>
<input type="hidden" name="device" value="<TMPL_VAR NAME="DEVICE">">
</TMPL_IF>
